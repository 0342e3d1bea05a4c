import Tensors

/// What is known of examples that is more than a class each: classes of positions, several labels, or values.
public struct Targets: Sendable {
    /// [N, …], as stored.
    public var values: Tensor
    /// Whether all are whole numbers; the least and the largest that are no sign to leave a position out.
    public let isWhole: Bool
    public let range: ClosedRange<Float>?

    /// Labels that say "none": below 0, and the 255 of label maps in bytes.
    public static func isIgnored(_ label: Float, classes: Int) -> Bool { label < 0 || (label == 255 && classes <= 255) }

    public init(_ values: Tensor) {
        self.values = values
        let floats = values.floats
        isWhole = floats.allSatisfy { $0 == $0.rounded() && abs($0) < 65_536 }
        let known = isWhole ? floats.filter { !Self.isIgnored($0, classes: 0) } : floats
        range = known.min().flatMap { low in known.max().map { low <= $0 ? low...$0 : low...low } }
    }

    /// Of one example, without axes of 1.
    public var exampleDimensions: [Int] { values.shape.dimensions.dropFirst().filter { $0 != 1 } }

    /// The values of all examples, one after another. Cost: O(values).
    public var floats: [Float] { values.floats }

    /// Whether there is nothing but 0 and 1.
    public var isBinary: Bool {
        isWhole && (range.map { $0.lowerBound >= 0 && $0.upperBound <= 1 } ?? false) && !values.floats.contains(255)
    }
}
