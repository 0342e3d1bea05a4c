import Tensors

/// Inputs that differ by example as one: a row of all their values an example, one input after another in the order of the file.
///
/// Nodes at the start of the network take the row apart; files that are written have the inputs in their place.
public struct PackedInputs: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        /// As the file states it.
        public var value: NetworkValue
        /// Of one example, without the axis of the examples.
        public var shape: Shape
        /// Where the examples lie in the value that the file's nodes read; nil where all of it is one example.
        public var axis: Int?
        /// The place of its first value in a row.
        public var start: Int
        /// The values that nodes make of the row, the input's own the last; empty where nothing reads it.
        public var made: [String]

        public init(value: NetworkValue, shape: Shape, axis: Int?, start: Int, made: [String]) {
            (self.value, self.shape, self.axis, self.start, self.made) = (value, shape, axis, start, made)
        }

        public var name: String { value.name }
        /// Its values in a row.
        public var range: Range<Int> { start..<start + shape.count }
        /// All sizes of what the file's nodes read of one example.
        public var wholeShape: Shape {
            guard let axis else { return shape }
            var sizes = shape.dimensions
            sizes.insert(1, at: min(axis, sizes.count))
            return Shape(sizes)
        }
        /// `input_ids [128]`, of one number `rate`.
        public var words: String { shape.rank == 0 ? name : "\(name) [\(shape)]" }
    }

    public var parts: [Part]

    public init(parts: [Part]) { self.parts = parts }

    /// Values of one example.
    public var count: Int { parts.reduce(0) { $0 + $1.shape.count } }
    /// Values of the network that are no file's.
    public var made: Set<String> { Set(parts.flatMap(\.made)) }
    /// `input_ids [128], attention_mask [128]`.
    public var words: String { parts.map(\.words).joined(separator: ", ") }
}

extension Network {
    /// The inputs that differ by example, as their file states them.
    public var exampleInputs: [NetworkValue] { packed?.parts.map(\.value) ?? Array(inputs.prefix(1)) }

    /// What one example is, `3×32×32` or, of several inputs, `input_ids [128], attention_mask [128]`; a size that the file leaves open is a question mark.
    public var exampleWords: String {
        packed?.words ?? (inputShape.rank == 0 ? "scalar" : inputShape.dimensions.map { $0 == 0 ? "?" : "\($0)" }.joined(separator: "×"))
    }
}

extension [NetworkValue] {
    /// The input that the examples enter where nothing was said: the first that has an axis for them.
    public var forExamples: NetworkValue? {
        first { value in
            guard let axes = value.axes, let first = axes.first else { return value.axes == nil }
            return if case .fixed(let extent) = first { extent == 1 && axes.count > 1 } else { true }
        } ?? first { $0.axes?.isEmpty != true } ?? first
    }
}

/// Examples of several inputs, each of which has its own values and its own normalization, as rows of a ``PackedInputs``.
public struct PackedExamples: ExampleSource {
    /// In the order of the parts; equally many examples each.
    public let parts: [Dataset]
    public let count: Int

    public init(_ parts: [Dataset]) { (self.parts, count) = (parts, parts.first?.count ?? 0) }

    /// What the network reads, normalized already: float32 [values].
    public func pixels(of example: Int) throws(ExampleFailure) -> Tensor {
        var failure: ExampleFailure?
        let row = Tensor(shape: [parts.reduce(0) { $0 + $1.exampleShape.count }]) { values in
            var start = 0
            for part in parts {
                let target = UnsafeMutableBufferPointer(rebasing: values[start..<start + part.exampleShape.count])
                do throws(ExampleFailure) { try part.fill(target, with: [example]) } catch { failure = failure ?? error }
                start += target.count
            }
        }
        if let failure { throw failure }
        return row
    }

    public func expect(_ order: [Int]) { for part in parts { part.source?.expect(order) } }

    public var maps: [FileMap] { parts.flatMap(\.maps) }
}

extension Dataset {
    /// Examples of several inputs together, normalized by each one's own.
    public init(packing parts: [Dataset], name: String, split: DatasetSplit, labels: [Int32] = [], classNames: [String] = []) {
        let count = parts.reduce(0) { $0 + $1.exampleShape.count }
        self.init(
            name: name, split: split, inputs: Tensor(shape: [0, count], floats: []), labels: labels, classNames: classNames,
            normalization: InputNormalization(scale: 1))
        source = PackedExamples(parts)
    }
}
