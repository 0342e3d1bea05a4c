import Tensors

/// Inputs that stand in where there are no examples: seeded, each for itself, so that neither order nor number matters.
public struct GeneratedInputs: ExampleSource {
    /// How values are distributed, before the normalization.
    public enum Distribution: String, Sendable, CaseIterable {
        /// Normal with the mean and deviation that the normalization takes out, so that the network reads values of mean 0 and deviation 1.
        ///
        /// Half of the variance belongs to squares of an eighth of the image's side, half to single pixels: white noise alone gives most networks one class.
        case normal
        /// Uniform over the range of pixels.
        case uniform
    }

    /// Examples where nothing else is asked for.
    public static let usualCount = 1_000
    /// How many may be asked for.
    public static let counts = 1...1_000_000

    public let count: Int
    /// [C, H, W], or any other shape, whose last axes are then rows and columns.
    public let shape: Shape
    public let distribution: Distribution
    public let seed: UInt64
    /// Whole numbers of this range in the place of the distribution; nil for floats.
    public let range: ClosedRange<Int>?

    public init(
        count: Int = usualCount, shape: Shape, distribution: Distribution = .normal, seed: UInt64 = 1, range: ClosedRange<Int>? = nil
    ) {
        (self.count, self.shape, self.distribution, self.seed, self.range) = (count, shape, distribution, seed, range)
    }

    /// float32 in `shape`. Cost: O(values).
    public func pixels(of example: Int) -> Tensor {
        // An odd factor keeps the seeds of examples apart.
        var generator = SeededGenerator(seed: seed &+ UInt64(example) &* 0x9E37_79B9_7F4A_7C15)
        return Tensor(shape: shape) { values in
            if let range {
                let width = Double(range.count)
                for index in values.indices { values[index] = Float(range.lowerBound + Int(generator.uniform() * width)) }
                return
            }
            switch distribution {
            case .uniform: for index in values.indices { values[index] = Float(generator.uniform()) }
            case .normal: fill(values, &generator)
            }
        }
    }

    public func expect(_ order: [Int]) {}

    private func fill(_ values: UnsafeMutableBufferPointer<Float>, _ generator: inout SeededGenerator) {
        let width = shape.rank > 1 ? shape.dimensions[shape.rank - 1] : 1
        let height = shape.rank > 1 ? shape.dimensions[shape.rank - 2] : values.count
        let planes = values.count / max(1, width * height)
        let share = Float(0.5).squareRoot()
        for plane in 0..<planes {
            let squares = (0..<64).map { _ in Float(generator.normal()) }
            for y in 0..<height {
                for x in 0..<width {
                    let square = squares[8 * (8 * y / height) + 8 * x / width]
                    values[(plane * height + y) * width + x] = share * (square + Float(generator.normal()))
                }
            }
        }
    }

    /// A data set of these inputs for a network, normalized by its card; no labels.
    public static func dataset(
        for network: Network, card: ModelCard?, distribution: Distribution = .normal, count: Int = usualCount, seed: UInt64 = 1
    ) -> Dataset {
        if let packed = network.packed { return Self.dataset(for: network, packed, card: card, distribution, count: count, seed: seed) }
        return Self.dataset(
            of: network.inputShape, range: network.wholeInputs, card: card, distribution: distribution, count: count, seed: seed)
    }

    /// The same of several inputs, each with a seed of its own.
    private static func dataset(
        for network: Network, _ packed: PackedInputs, card: ModelCard?, _ distribution: Distribution, count: Int, seed: UInt64
    ) -> Dataset {
        let parts = packed.parts.enumerated().map { place, part in
            Self.dataset(
                of: part.shape, range: network.wholeNumbers(of: part.value), card: part.shape.rank == 3 ? card : nil,
                distribution: distribution, count: count, seed: seed &+ UInt64(place) &* 0xD1B5_4A32_D192_ED03)
        }
        let values = packed.parts.map { part in
            "\(part.name): \(words(network.wholeNumbers(of: part.value), distribution))"
        }
        var dataset = Dataset(
            packing: parts, name: "generated inputs (\(values.joined(separator: ", ")), seed \(seed))", split: .validation)
        dataset.isGenerated = true
        return dataset
    }

    private static func words(_ range: ClosedRange<Int>?, _ distribution: Distribution) -> String {
        range.map { "whole numbers \($0.lowerBound)…\($0.upperBound)" } ?? distribution.rawValue
    }

    private static func dataset(
        of shape: Shape, range: ClosedRange<Int>?, card: ModelCard?, distribution: Distribution, count: Int, seed: UInt64
    ) -> Dataset {
        let source = GeneratedInputs(count: count, shape: shape, distribution: distribution, seed: seed, range: range)
        let empty = Tensor(shape: Shape([0] + shape.dimensions), floats: [])
        var normalization = InputNormalization(scale: 1)
        if range == nil, distribution == .uniform, let input = card?.input {
            (normalization.mean, normalization.standardDeviation) = (input.mean, input.standardDeviation)
        }
        var dataset = Dataset(
            name: "generated inputs (\(words(range, distribution)), seed \(seed))", split: .validation, inputs: empty, labels: [],
            classNames: [],
            normalization: normalization)
        (dataset.source, dataset.isGenerated) = (source, true)
        return dataset
    }
}
