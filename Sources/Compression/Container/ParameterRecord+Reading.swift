import Networks
import Tensors

extension ParameterRecord {
    /// Reads one record, its stream left as it is. Everything that it declares is checked against what is there and what is allowed.
    init(_ reader: inout ByteReader, version: UInt8, budget: inout RecordBudget) throws(ContainerError) {
        let start = reader.position
        let head = try reader.byte()
        let isVariant = version > 1 && head & RecordCode.variant != 0
        let role = Int((isVariant ? head & ~RecordCode.variant : head) >> RecordCode.roleShift)
        guard role < RecordCode.roles.count, let code = RecordCode.Form(rawValue: head & 3),
            !isVariant || code == .grid || code == .codebook || code == .floats && version > 2
        else {
            throw reader.error(.unknownCode(head), at: start)
        }
        let shape = try Self.shape(&reader)
        let isTransposed = head & RecordCode.transposed != 0
        let form: Form
        if code == .elements {
            form = .elements(try Self.elementType(&reader))
        } else {
            let coding = try Self.coding(&reader, version: version)
            let empty = StoredWeights(shape: shape, isTransposed: isTransposed, values: .floats(.float32), levels: [])
            let values =
                switch (isVariant, code) {
                case (true, .grid): try StoredWeights.Values.dithered(&reader)
                case (true, .floats): StoredWeights.Values.cells(try CellCodebooks(for: empty, &reader))
                case (true, _): try StoredWeights.Values.scaled(for: empty, version: version, &reader, budget: &budget)
                default: try StoredWeights.Values(code, for: empty, version: version, &reader, budget: &budget)
                }
            form = .levels(values, coding)
        }
        let length = try reader.number()
        let stream = try reader.take(length)
        self.init(role: RecordCode.roles[role], shape: shape, isTransposed: isTransposed, form: form, stream: stream)
        if case .elements(let type) = form, stream.count != count * type.byteCount {
            throw reader.error(.wrongLength(expected: count * type.byteCount, actual: stream.count), at: stream.startIndex)
        }
        try budget.takeWeights(declaredCount, reader, at: start)
    }

    /// At most 16 axes of at least 1 and fewer than 2^48 elements, so that their bytes can be counted.
    private static func shape(_ reader: inout ByteReader) throws(ContainerError) -> Shape {
        let start = reader.position
        let rank = try reader.number()
        guard rank <= 16 else { throw reader.error(.badShape, at: start) }
        var dimensions: [Int] = []
        for _ in 0..<rank { dimensions.append(try reader.number()) }
        let shape = Shape(dimensions)
        guard dimensions.allSatisfy({ $0 >= 1 }), let count = shape.checkedCount, count < 1 << 48 else {
            throw reader.error(.badShape, at: start)
        }
        return shape
    }

    private static func coding(_ reader: inout ByteReader, version: UInt8) throws(ContainerError) -> WeightCoding {
        let place = reader.position
        let code = try reader.byte()
        guard let coding = WeightCoding(rawValue: code), coding.version <= version else {
            throw reader.error(.unknownCode(code), at: place)
        }
        return coding
    }

    private static func elementType(_ reader: inout ByteReader) throws(ContainerError) -> ElementType {
        let place = reader.position
        let code = try reader.byte()
        guard let type = RecordCode.elementTypes[code] else { throw reader.error(.unknownCode(code), at: place) }
        return type
    }
}

extension StoredWeights.Values {
    init(
        _ code: RecordCode.Form, for form: StoredWeights, version: UInt8, _ reader: inout ByteReader, budget: inout RecordBudget
    ) throws(ContainerError) {
        switch code {
        case .codebook:
            let negatives = try Self.magnitudes(&reader, budget: &budget)
            let positives = try Self.magnitudes(&reader, budget: &budget)
            self = .codebook(negatives: negatives.map { -$0 }, positives: positives)
        case .grid: self = try Self.grid(for: form, version: version, &reader)
        case .floats, .elements:
            let place = reader.position
            let code = try reader.byte()
            guard let format = StoredWeights.FloatFormat(rawValue: code) else { throw reader.error(.unknownCode(code), at: place) }
            self = .floats(format)
        }
    }

    /// The largest level, the step and the seed of a dithered lattice.
    fileprivate static func dithered(_ reader: inout ByteReader) throws(ContainerError) -> Self {
        let start = reader.position
        let largest = try reader.number()
        guard largest <= 1 << 24 else { throw reader.error(.badValues, at: start) }
        let place = reader.position
        let scale = Float(bitPattern: try reader.word())
        guard scale.isFinite, scale >= 0 else { throw reader.error(.badValues, at: place) }
        let seedPlace = reader.position
        guard let seed = UInt32(exactly: try reader.number()) else { throw reader.error(.badValues, at: seedPlace) }
        return .dithered(scale: scale, largest: largest, seed: seed)
    }

    /// Bit patterns that rise from 1 to infinity's at most.
    private static func magnitudes(_ reader: inout ByteReader, budget: inout RecordBudget) throws(ContainerError) -> [Float] {
        let start = reader.position
        let count = try reader.number()
        guard count <= reader.remaining else { throw reader.error(.endsEarly(missing: count - reader.remaining), at: start) }
        try budget.takeEntries(count, reader, at: start)
        var values: [Float] = []
        values.reserveCapacity(count)
        var last = 0
        for _ in 0..<count {
            let place = reader.position
            let step = try reader.number()
            guard step > 0, step <= Int(Float.infinity.bitPattern) - last else { throw reader.error(.badValues, at: place) }
            last += step
            values.append(Float(bitPattern: UInt32(last)))
        }
        return values
    }

    /// A codebook and then its scales.
    fileprivate static func scaled(
        for form: StoredWeights, version: UInt8, _ reader: inout ByteReader, budget: inout RecordBudget
    ) throws(ContainerError) -> Self {
        let negatives = try magnitudes(&reader, budget: &budget)
        let positives = try magnitudes(&reader, budget: &budget)
        let scales = try scales(for: form, version: version, &reader)
        return .scaled(negatives: negatives.map { -$0 }, positives: positives, scales: scales)
    }

    private static func grid(for form: StoredWeights, version: UInt8, _ reader: inout ByteReader) throws(ContainerError) -> Self {
        let start = reader.position
        let largest = try reader.number()
        // Up to here a level is exact as a float32.
        guard largest <= 1 << 24 else { throw reader.error(.badValues, at: start) }
        return .grid(scales: try scales(for: form, version: version, &reader), largest: largest)
    }

    /// Finite numbers, as many as the parameter may have; since version 2 also one for each of equal pieces of the rows. Each takes as much memory
    /// as it takes of the file, so that there may be as many as the file holds.
    private static func scales(for form: StoredWeights, version: UInt8, _ reader: inout ByteReader) throws(ContainerError) -> [Float] {
        let place = reader.position
        let count = try reader.number()
        let isAllowed =
            version > 1
            ? StoredWeights.allows(scales: count, shape: form.shape, channels: form.channels, isTransposed: form.isTransposed)
            : count == 1 || count == form.channels
        guard isAllowed else { throw reader.error(.badValues, at: place) }
        guard count <= reader.remaining / 4 else { throw reader.error(.endsEarly(missing: 4 * count - reader.remaining), at: place) }
        var scales: [Float] = []
        scales.reserveCapacity(count)
        for _ in 0..<count {
            let scale = Float(bitPattern: try reader.word())
            guard scale.isFinite, scale >= 0 else { throw reader.error(.badValues, at: reader.position - 4) }
            scales.append(scale)
        }
        return scales
    }
}
