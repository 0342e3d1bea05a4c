import Compression

/// Something that the arrow keys turn: one setting of a layer's plan, or the temperature.
public enum Knob: String, Hashable, Sendable, CaseIterable {
    case amount, bits, representation, start, method, seed, symmetry, channels, clip, percentile, scale, criterion, scope
    case deviation, biases, indexBits, temperature
}
