import Foundation
import Tensors

/// Makes tensors of TensorProto messages: views of the file where the data lies in it.
struct TensorReader {
    let file: MappedFile
    /// Files of external data by their location, in the order in which they were needed.
    private(set) var externals: [(location: String, file: MappedFile)] = []

    /// Misaligned data up to this size is copied once, so that nobody has to convert it at each use: 16 MiB.
    static let copyLimit = 16 << 20

    static let elementTypes: [Int32: ElementType] = [
        1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
        11: .float64, 12: .uint32, 13: .uint64, 16: .bfloat16, 17: .float8e4m3, 18: .float8e4m3fnuz,
        19: .float8e5m2, 20: .float8e5m2fnuz,
    ]

    init(file: MappedFile) { self.file = file }

    mutating func tensor(_ proto: ONNXTensorProto) throws(FormatError) -> Tensor {
        if let isSigned = Self.isSigned(fourBits: proto) { return try fourBits(proto, isSigned: isSigned) }
        guard let type = Self.elementTypes[proto.dataType] else {
            throw failure(.unsupported, proto, "floats, integers or booleans", "data type \(proto.dataType)")
        }
        let shape = Shape(proto.dims.map { Int($0) })
        guard shape.rank <= 16, let count = shape.checkedCount,
            case let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount), !overflow
        else { throw failure(.malformed, proto, "at most 16 dimensions whose product can be counted", "[\(shape)]") }
        if proto.dataLocation == 1 { return try external(proto, shape, type, size) }
        if let place = TensorPlace(proto.rawData) { return try placed(proto, shape, type, size, place) }
        return try listed(proto, shape, type, size)
    }

    private func placed(
        _ proto: ONNXTensorProto, _ shape: Shape, _ type: ElementType, _ size: Int, _ place: TensorPlace
    ) throws(FormatError) -> Tensor {
        let fits = place.field == 9 || (place.field == 4 && type == .float32) || (place.field == 10 && type == .float64)
        guard fits, place.range.count == size else {
            throw failure(
                .mismatch, proto, "\(size) bytes for [\(shape)] of \(type)", "\(place.range.count)", offset: place.range.lowerBound)
        }
        return aligned(shape, type, place.range)
    }

    private func aligned(_ shape: Shape, _ type: ElementType, _ range: Range<Int>) -> Tensor {
        let bytes = file.slice(range)
        let isAligned = Int(bitPattern: bytes.baseAddress) % type.byteCount == 0
        guard !isAligned, bytes.count <= Self.copyLimit else {
            return Tensor(shape: shape, elementType: type, storage: file.storage, byteOffset: range.lowerBound)
        }
        return Tensor(shape: shape, elementType: type, storage: TensorStorage(copying: bytes))
    }

    /// Data in `int32_data`, `int64_data` or `uint64_data`, one number an element.
    private func listed(_ proto: ONNXTensorProto, _ shape: Shape, _ type: ElementType, _ size: Int) throws(FormatError) -> Tensor {
        let numbers: [UInt64] =
            switch type {
            case .int64: proto.int64Data.map { UInt64(bitPattern: $0) }
            case .uint32, .uint64: proto.uint64Data
            case .float32, .float64: []
            default: proto.int32Data.map { UInt64(bitPattern: Int64($0)) }
            }
        guard numbers.count == shape.count else {
            throw failure(.mismatch, proto, "\(shape.count) values for [\(shape)] of \(type)", "\(numbers.count)")
        }
        let storage = TensorStorage(byteCount: size) { memory in
            for (index, number) in numbers.enumerated() {
                withUnsafeBytes(of: number.littleEndian) { source in
                    let target = UnsafeMutableRawBufferPointer(rebasing: memory[(index * type.byteCount)...].prefix(type.byteCount))
                    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<type.byteCount]))
                }
            }
        }
        return Tensor(shape: shape, elementType: type, storage: storage)
    }

    func failure(
        _ kind: FormatError.Kind, _ proto: ONNXTensorProto, _ expected: String, _ actual: String, offset: Int? = nil,
        cure: String? = nil
    ) -> FormatError {
        FormatError(
            kind, file: file.path, offset: offset, reading: "tensor \(quoted(proto.name))", expected: expected, actual: actual,
            cure: cure)
    }
}

extension TensorReader {
    /// Data in a file beside the network. Only plain paths are followed that end inside the network's own folder, or, where the network is a link, in
    /// the folder of its target, as caches of downloads lay both.
    private mutating func external(
        _ proto: ONNXTensorProto, _ shape: Shape, _ type: ElementType, _ size: Int
    ) throws(FormatError) -> Tensor {
        let entries = Dictionary(proto.externalData.map { ($0.key, $0.value) }) { first, _ in first }
        let location = entries["location"] ?? ""
        let data = try externalFile(location, proto)
        let offset = Int(entries["offset"] ?? "0") ?? -1
        let length = Int(entries["length"] ?? "\(size)") ?? -1
        guard offset >= 0, length == size, offset <= data.count, size <= data.count - offset else {
            throw failure(
                .mismatch, proto, "\(size) bytes for [\(shape)] of \(type) in \(quoted(location))",
                length == size && offset >= 0
                    ? "\(max(0, data.count - offset)) from byte \(offset) on, for it ends at \(data.count)"
                    : "\(length) from byte \(offset) of \(data.count)")
        }
        // Never copied: any number of tensors may name the same bytes.
        return Tensor(shape: shape, elementType: type, storage: data.storage, byteOffset: offset)
    }

    private mutating func externalFile(_ location: String, _ proto: ONNXTensorProto) throws(FormatError) -> MappedFile {
        if let known = externals.first(where: { $0.location == location }) { return known.file }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, !parts.contains(where: { $0.isEmpty || $0 == ".." }), !location.contains("\0") else {
            throw failure(
                .unsupported, proto, "external data in the network's own folder", quoted(location),
                cure: "Save the network with its weights inside, or beside it.")
        }
        let network = URL(fileURLWithPath: file.path)
        let folders = [
            network.deletingLastPathComponent().resolvingSymlinksInPath(), network.resolvingSymlinksInPath().deletingLastPathComponent(),
        ]
        let paths = folders.map { $0.appendingPathComponent(location).resolvingSymlinksInPath().path }
        let path = paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
        guard folders.map(\.path).contains(where: { path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }) else {
            throw failure(
                .unsupported, proto, "external data in the network's own folder", "a link to \(quoted(path))",
                cure: "Save the network with its weights inside, or beside it.")
        }
        let opened: MappedFile
        do {
            opened = try MappedFile(path: path)
        } catch {
            throw failure(
                .missing, proto, "external data in \(quoted(location))", error.actual,
                cure: "Copy \(quoted(location)) into the folder of the network.")
        }
        externals.append((location, opened))
        return opened
    }
}
