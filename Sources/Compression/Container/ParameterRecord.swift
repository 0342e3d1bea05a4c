import Networks
import Tensors

/// One parameter of a container: what it is, and its stream.
public struct ParameterRecord: Hashable, Sendable {
    /// What the stream holds.
    public enum Form: Hashable, Sendable {
        /// Levels, and what they stand for.
        case levels(StoredWeights.Values, WeightCoding)
        /// Elements of another type than float32 as they are, little-endian.
        case elements(ElementType)
    }

    public var role: Parameter.Role
    public var shape: Shape
    /// Whether an output channel is a column: [in, out].
    public var isTransposed: Bool
    public var form: Form
    /// A slice of the file that it was read from.
    public var stream: ContainerBytes
    /// Where the stream begins in that file; 0 for a record made in memory.
    public var offset: Int { stream.startIndex }

    public init(role: Parameter.Role, shape: Shape, isTransposed: Bool, form: Form, stream: ContainerBytes) {
        self.role = role
        self.shape = shape
        self.isTransposed = isTransposed
        self.form = form
        self.stream = stream
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// Weights that count against a limit: elements, in units of four bytes where they are larger than that.
    public var declaredCount: Int {
        if case .elements(let type) = form { max(count, (count * type.byteCount + 3) / 4) } else { count }
    }

    /// The parameter as levels without its levels, as a decoder wants it; nil for elements of other types.
    public var emptyLevels: StoredWeights? {
        guard case .levels(let values, _) = form else { return nil }
        return StoredWeights(shape: shape, isTransposed: isTransposed, values: values, levels: [])
    }
}

/// The bytes of one parameter in a file, by what they are for; they add up to ``total``.
public struct ParameterBytes: Codable, Hashable, Sendable {
    /// Which weights are not 0.
    public var positions: Int
    /// What they are.
    public var values: Int
    /// Tables of the code and padding: the rest of the stream.
    public var tables: Int
    /// Codebook or scales.
    public var codebook: Int
    /// Role, shape, coding, length of the stream.
    public var header: Int

    public var stream: Int { positions + values + tables }
    public var total: Int { stream + codebook + header }

    public init(positions: Int, values: Int, tables: Int, codebook: Int, header: Int) {
        self.positions = positions
        self.values = values
        self.tables = tables
        self.codebook = codebook
        self.header = header
    }
}
