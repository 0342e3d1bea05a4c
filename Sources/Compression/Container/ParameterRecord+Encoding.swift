import Networks
import Tensors

extension ParameterRecord {
    /// A record of levels with their stream, and what its bytes are for.
    public init(role: Parameter.Role, weights: StoredWeights, coded: CodedLevels) {
        self.init(
            role: role, shape: weights.shape, isTransposed: weights.isTransposed, form: .levels(weights.values, coded.coding),
            stream: ContainerBytes(coded.bytes))
    }

    /// The record of a parameter as it stands in a network; elements of other types than float32 are kept as they are, blocks as float32.
    ///
    /// - Parameters:
    ///   - stored: What a plan made of it; nil where no plan speaks of it.
    ///   - isTransposed: Whether an output channel is a column.
    ///   - coding: Nil is the smallest.
    /// - Returns: The record and its bytes; nil where `coding` can't hold the levels.
    /// Cost: O(n) for each way that is tried.
    public static func record(
        of parameter: Parameter, stored: StoredWeights? = nil, isTransposed: Bool = false, coding: WeightCoding? = nil
    ) -> (record: ParameterRecord, bytes: ParameterBytes)? {
        let isKept = parameter.values.elementType != .float32 && RecordCode.elementTypes.values.contains(parameter.values.elementType)
        if isKept, stored == nil { return elements(of: parameter) }
        let weights = stored ?? StoredWeights(parameter: parameter.values, isTransposed: isTransposed)
        let chosen = coding.map { LevelCoders.encode(weights, as: $0) } ?? LevelCoders.smallest(weights)
        guard let coded = chosen else { return nil }
        let record = ParameterRecord(role: parameter.role, weights: weights, coded: coded)
        return (record, record.bytes(coded))
    }

    private static func elements(of parameter: Parameter) -> (ParameterRecord, ParameterBytes) {
        let record = ParameterRecord(
            role: parameter.role, shape: parameter.shape, isTransposed: false, form: .elements(parameter.values.elementType),
            stream: ContainerBytes(viewing: parameter.values.bytes, owner: parameter.values.storage))
        return (record, record.bytes(nil))
    }

    /// What a record of these levels would take, its stream not made; the whole stream counts as values.
    public static func bytes(role: Parameter.Role, form: StoredWeights, coding: WeightCoding, stream: Int) -> ParameterBytes {
        let record = ParameterRecord(
            role: role, shape: form.shape, isTransposed: form.isTransposed, form: .levels(form.values, coding), stream: ContainerBytes([]))
        let overhead = record.overhead
        let length = ByteWriter.byteCount(stream) - ByteWriter.byteCount(0)
        return ParameterBytes(positions: 0, values: stream, tables: 0, codebook: overhead.codebook, header: overhead.header + length)
    }

    /// The record's bytes by what they are for; without bits of positions and values the whole stream counts as values.
    public func bytes(_ coded: CodedLevels?) -> ParameterBytes {
        let overhead = overhead
        let positions = min(stream.count, ((coded?.positionBits ?? 0) + 4) / 8)
        let values = min(stream.count - positions, coded.map { ($0.valueBits + 4) / 8 } ?? stream.count)
        return ParameterBytes(
            positions: positions, values: values, tables: stream.count - positions - values, codebook: overhead.codebook,
            header: overhead.header)
    }
}

extension StoredWeights {
    /// A parameter that no plan speaks of: its floats, or a codebook of those that occur where that takes fewer bits. Cost: O(n).
    public init(parameter: Tensor, isTransposed: Bool = false) {
        self.init(packing: parameter.floats, shape: parameter.shape, isTransposed: false, as: .float32)
        self.isTransposed = isTransposed && shape.rank > 1
    }
}
