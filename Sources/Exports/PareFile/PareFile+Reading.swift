import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

extension PareFile {
    /// What a file holds.
    public struct Content: Sendable {
        public var network: Network
        /// Normalization and classes, where the file says them.
        public var card: ModelCard?
        /// The file as it was read.
        let container: PareContainer
        /// Parameters in the order of its records.
        let names: [String]
    }

    /// Bytes of a graph that are expanded: 8 MiB.
    static let largestGraph = 8 << 20

    /// Files of this size and more are mapped: 1 MiB.
    static let mappingThreshold = 1 << 20

    /// Whether a file is a container by its first bytes.
    public static func isContainer(_ path: String) -> Bool {
        (try? InputFile.head(path, count: PareContainer.magic.count)) == PareContainer.magic
    }

    /// The network in a file, its weights bit for bit those that were evaluated when it was written.
    ///
    /// Checksums and all declared sizes are checked before anything as large as the weights is made.
    /// Memory: 4 bytes a declared weight (6 of one of 16 bits) and at most 16 MiB; larger files are mapped.
    ///
    /// - Parameters:
    ///   - inputs: What inputs are now, in the place of what the file keeps of them.
    ///   - maximumWeights: Files that declare more are refused.
    public static func read(
        _ path: String, inputs: [String: GivenInput] = [:], maximumWeights: Int = PareContainer.defaultMaximumWeights
    ) throws(FormatError) -> Content {
        let file = try MappedFile(path: path, mappingFrom: mappingThreshold)
        let bytes = ContainerBytes(viewing: file.bytes, owner: file.storage)
        var content = try read(bytes, file: path, inputs: inputs, maximumWeights: maximumWeights)
        let hash = try FileHash.sha256([file])
        content.network.source = Network.Source(path: path, byteCount: file.count, sha256: hash)
        return content
    }

    /// The same of bytes in memory; `file` is the name that errors carry.
    public static func read(
        _ bytes: ContainerBytes, file: String, inputs: [String: GivenInput] = [:],
        maximumWeights: Int = PareContainer.defaultMaximumWeights
    ) throws(FormatError) -> Content {
        let container: PareContainer
        var tensors: [Tensor] = []
        do throws(ContainerError) {
            container = try PareContainer(bytes, maximumWeights: maximumWeights)
            for (index, record) in container.records.enumerated() { tensors.append(try record.storedTensor(index: index)) }
        } catch {
            throw FormatError(error, file: file)
        }
        let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let card = container.card?.card(name: name, file: URL(fileURLWithPath: file).lastPathComponent)
        let skeleton = Data(try graph(container.graph, file: file))
        let (read, names) = try NetworkReader.read(skeleton: skeleton, parameters: tensors, file: file, card: card, inputs: inputs)
        var network = read
        for (name, record) in zip(names, container.records) {
            guard let values = network.parameters[name]?.values else { continue }
            network.parameters[name]?.origin = IntegerOrigin(record, values)
        }
        return Content(network: network, card: card, container: container, names: names)
    }

    /// The inputs that a file's graph states, and which of them have a value in the file. Cost: checksums, O(file).
    static func inputs(of path: String) throws(FormatError) -> (inputs: [NetworkValue], fixed: Set<String>) {
        let file = try MappedFile(path: path, mappingFrom: mappingThreshold)
        let container: PareContainer
        do throws(ContainerError) { container = try PareContainer(ContainerBytes(viewing: file.bytes, owner: file.storage)) } catch {
            throw FormatError(error, file: path)
        }
        return try NetworkReader.inputs(skeleton: Data(graph(container.graph, file: path)), file: path)
    }

    private static func graph(_ content: [UInt8], file: String) throws(FormatError) -> [UInt8] {
        if content.first == 0 { return Array(content.dropFirst()) }
        guard content.first == 1, content.count > 5 else { throw broken(file, "0 or 1 and a graph", "\(content.prefix(1))") }
        let count = (1...4).reversed().reduce(0) { $0 << 8 | Int(content[$1]) }
        guard count <= largestGraph else { throw broken(file, "at most \(largestGraph) bytes", "\(count)") }
        guard let expanded = Deflate.expanded(Array(content.dropFirst(5)), count: count) else {
            throw broken(file, "\(count) bytes by zlib", "others")
        }
        return expanded
    }

    private static func broken(_ file: String, _ expected: String, _ actual: String) -> FormatError {
        FormatError(.malformed, file: file, reading: "graph section", expected: expected, actual: actual)
    }
}

extension PareFile.Content {
    /// What the bytes of the file are for. Cost: levels are decoded and written once more, to tell positions and values apart.
    public var table: ContainerTable {
        let rows = zip(names, container.records).enumerated().map { index, named in
            let nonzero = network.parameters[named.0]?.values.withFloats { $0.count { $0 != 0 } }
            return ContainerTable.Row(name: named.0, record: named.1, nonzero: nonzero, bytes: named.1.measuredBytes(index: index))
        }
        return ContainerTable(
            rows: rows, graph: container.graph.count, card: container.card?.byteCount ?? 0, plan: container.plan?.utf8.count ?? 0)
    }
}

extension ParameterRecord {
    /// What the record's bytes are for; positions and values are told apart by writing the levels once more.
    func measuredBytes(index: Int) -> ParameterBytes {
        guard case .levels(_, let coding) = form, let weights = try? levels(index: index) else { return bytes(nil) }
        return bytes(LevelCoders.encode(weights.taking(coding, stream), as: coding))
    }
}

extension WeightCoding {
    /// The way in words: `relative index of 5 bits, Huffman`.
    public var words: String {
        switch self {
        case .dense: "dense"
        case .denseHuffman: "dense, Huffman"
        case .bitmap: "bitmap"
        case .bitmapHuffman: "bitmap, Huffman"
        case .relative5: "relative index of 5 bits"
        case .relative5Huffman: "relative index of 5 bits, Huffman"
        case .relative8: "relative index of 8 bits"
        case .relative8Huffman: "relative index of 8 bits, Huffman"
        case .arithmetic: "arithmetic"
        case .pattern: "pattern"
        case .patternHuffman: "pattern, Huffman"
        }
    }
}

extension IntegerOrigin {
    /// What a record of levels holds; nil for others, and for codebooks that are found again in the values. Cost: O(n) for grids.
    fileprivate init?(_ record: ParameterRecord, _ values: Tensor) {
        guard case .levels(let table, _) = record.form, let range = record.emptyLevels?.levelRange else { return nil }
        let bits = Int.bitWidth - (range.count - 1).leadingZeroBitCount
        switch table {
        case .grid(let scales, _):
            self.init(type: "grid", bits: record.bits(of: values, on: scales) ?? bits, scales: scales.count, steps: scales)
            return
        case .scaled(_, _, let scales): self.init(type: "nf4", bits: 4, scales: scales.count)
        case .cells(let books): self.init(type: "codebook", bits: bits, scales: books.count)
        case .dithered: self.init(type: "lattice", bits: bits, scales: 1)
        case .codebook(let negatives, let positives) where negatives.count + positives.count > GivenStructure.maximumValues:
            self.init(type: "codebook", bits: bits, scales: 1)
        default: return nil
        }
        self.table = record.tableBytes
    }
}

extension ParameterRecord {
    /// Bits of codes that hold the levels of every scale, with a zero point of its own: not more than the largest magnitude asks for.
    fileprivate func bits(of values: Tensor, on scales: [Float]) -> Int? {
        guard let empty = emptyLevels else { return nil }
        var ranges = [ClosedRange<Float>](repeating: 0...0, count: scales.count)
        values.withFloats { floats in
            for (index, value) in floats.enumerated() where value != 0 {
                let place = empty.scalePlace(of: index, scales: scales.count, count: floats.count)
                let level = (value / scales[place]).rounded()
                ranges[place] = min(ranges[place].lowerBound, level)...max(ranges[place].upperBound, level)
            }
        }
        let codes = ranges.map { Int($0.upperBound - $0.lowerBound) + 1 }.max() ?? 1
        return max(2, Int.bitWidth - (codes - 1).leadingZeroBitCount)
    }
}
