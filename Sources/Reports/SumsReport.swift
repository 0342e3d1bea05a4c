import Compression
import Networks

/// Which sums and Concats of a network a plan quantizes, and which it can't.
public struct SumsReport: Codable, Hashable, Sendable {
    public var quantization: ActivationQuantization
    /// By the names for people, in the order of the graph.
    public var quantized: [String]
    /// What may be below 0, which levels from 0 to a clip do not have.
    public var left: [String]

    /// Nil for a plan that leaves sums float.
    public init?(_ plan: CompressionPlan, of network: Network) {
        guard let quantization = plan.sums else { return nil }
        self.quantization = quantization
        quantized = network.junctions.filter { !$0.isSigned }.map(\.name)
        left = network.junctions.filter(\.isSigned).map(\.name)
    }

    /// `8 bits, calibrated clips: layer1.0.Add, layer1.1.Add and 6 more; left float, for they may be below 0: features.3.Add`.
    public var sentence: String {
        guard !quantized.isEmpty || !left.isEmpty else { return "no ways of this network meet, so that no sum is quantized" }
        let bits = quantization.bits.map { "\($0) bit\($0 == 1 ? "" : "s")" } ?? "signs"
        let clips = quantization.clip.map { ", \($0.rawValue) clips" } ?? ""
        let made = quantized.isEmpty ? "none is quantized" : "\(bits)\(clips): \(Self.list(quantized))"
        return made + (left.isEmpty ? "" : "; left float, for they may be below 0: \(Self.list(left))")
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(names.count == 4 ? 4 : 3)
        return shown.joined(separator: ", ") + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }
}
