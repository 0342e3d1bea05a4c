import Tensors

/// A value that enters or leaves a network, as its file states it.
public struct NetworkValue: Hashable, Sendable {
    /// The extent of a value along an axis.
    public enum Axis: Hashable, Sendable {
        case fixed(Int)
        /// Any extent. Axes that are called the same have the same; without a name nothing is known.
        case open(String)
    }

    public var name: String
    /// Nil where a file states none, or one that Pare does not have.
    public var elementType: ElementType?
    /// Examples lie along the first axis; nil where no shape is stated.
    public var axes: [Axis]?
    /// A type that is no tensor (a sequence, a map, an optional value), as a message that only readers and writers of files understand; nil of tensors.
    public var otherType: [UInt8]?

    public init(name: String, elementType: ElementType? = .float32, axes: [Axis]? = nil) {
        self.name = name
        self.elementType = elementType
        self.axes = axes
    }

    /// Any number of examples of a shape, in which 0 stands for an open extent.
    public init(name: String, elementType: ElementType? = .float32, example: Shape) {
        self.init(name: name, elementType: elementType, axes: [.open("batch")] + example.dimensions.map { $0 > 0 ? .fixed($0) : .open("") })
    }

    /// Fixes the sizes of one example, the first axis staying as it is.
    public mutating func bind(_ example: Shape) {
        axes = [axes?.first ?? .open("batch")] + example.dimensions.map { .fixed($0) }
    }

    /// Whether the size of one example is not known.
    public var isOpen: Bool { exampleShape.rank == 0 || exampleShape.dimensions.contains(0) }

    /// The sizes of one example as the file states them, open ones by their names: `3×height×?`.
    public var statedExample: String {
        (axes ?? []).dropFirst().map { axis in
            switch axis {
            case .fixed(let extent): String(extent)
            case .open(let name): name.isEmpty ? "?" : name
            }
        }.joined(separator: "×")
    }

    /// The shape of one example, without the first axis; 0 along open axes.
    public var exampleShape: Shape {
        Shape(
            (axes ?? []).dropFirst().map { axis in
                switch axis {
                case .fixed(let extent): extent
                case .open: 0
                }
            })
    }
}

extension Network {
    /// The value that the examples enter: the first of ``inputs``; empty without a graph.
    public var input: String {
        get { inputs.first?.name ?? "" }
        set {
            if inputs.isEmpty { inputs = [NetworkValue(name: newValue)] } else { inputs[0].name = newValue }
        }
    }

    /// Names of the outputs after the first that are floats, which may be chosen instead.
    public var otherOutputs: [String] {
        outputs.dropFirst().filter { $0.otherType == nil && $0.elementType?.isFraction ?? true }.map(\.name)
    }

    /// The shape of one example, without the batch axis: `[1, 28, 28]`; 0 along axes that a file leaves open.
    public var inputShape: Shape { inputs.first?.exampleShape ?? [] }

    /// The value that holds the logits [N, classes]: the first of ``outputs``; empty without a graph.
    public var output: String {
        get { outputs.first?.name ?? "" }
        set {
            guard newValue != outputs.first?.name else { return }
            if outputs.isEmpty { outputs = [NetworkValue(name: newValue)] } else { outputs[0] = NetworkValue(name: newValue) }
        }
    }
}
