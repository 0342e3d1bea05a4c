import Files
import Foundation
import Networks
import OrderedCollections
import Tensors

/// Reads files that hold named tensors and no graph: safetensors, also in several files, NPZ, NPY and GGUF.
public enum WeightsReader {
    /// The formats, told apart by first bytes and, for the index of several files, by name.
    enum Format: Equatable {
        case safetensors, index, archive, array, gguf, pickle
    }

    /// Files of this size and more are named by a hash of samples: 1 GiB.
    public static let samplingThreshold = 1 << 30

    /// The network of a file's tensors, without a graph; nil where the file is of none of these formats.
    ///
    /// Tensors are views of the mapped file, where they are not deflated. PyTorch's own files are refused: a pickle runs code as it is read.
    /// Cost: O(header), and the SHA-256 of files below ``samplingThreshold``.
    public static func read(_ path: String) throws(FormatError) -> Network? {
        let isIndex = path.hasSuffix(".index.json")
        guard let format = isIndex ? .index : try format(of: path) else { return nil }
        let (tensors, files) = try contents(path, format)
        guard tensors.contains(where: { $0.value.count > 0 }) else {
            throw FormatError(
                .missing, file: path, reading: "tensors", expected: "at least one with elements", actual: "none",
                cure: "Give a file that holds weights.")
        }
        let file = URL(fileURLWithPath: path)
        var name = file.deletingPathExtension().lastPathComponent
        for ending in [".index", ".safetensors"] where name.hasSuffix(ending) { name = String(name.dropLast(ending.count)) }
        return Network(weights: tensors, name: name, source: try source(path, files))
    }

    /// Whether a file holds tensors and no graph, by its first bytes and its name.
    public static func isWeights(_ path: String) throws(FormatError) -> Bool {
        path.hasSuffix(".index.json") ? true : try format(of: path) != nil
    }

    private static func contents(
        _ path: String, _ format: Format
    ) throws(FormatError) -> (OrderedDictionary<String, Tensor>, [MappedFile]) {
        if format == .index { return try SafetensorsIndex.read(path) }
        let file = try MappedFile(path: path)
        switch format {
        case .index, .safetensors: return (try Safetensors(file).tensors, [file])
        case .gguf: return (try GGUF.tensors(file), [file])
        case .array:
            let tensor = try NPYContent(storage: file.storage, range: 0..<file.count, file: path).tensor()
            return ([URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent: tensor], [file])
        case .archive:
            let archive = try ZipArchive(file)
            if archive.entries.contains(where: { $0.name.hasSuffix("data.pkl") || $0.name.hasSuffix("constants.pkl") }) {
                throw pickle(path)
            }
            try archive.checkOverlaps()
            try archive.checkInflatedSize()
            return (try arrays(file), [file])
        case .pickle: throw pickle(path)
        }
    }

    private static func arrays(_ file: MappedFile) throws(FormatError) -> OrderedDictionary<String, Tensor> {
        let archive = try NPZ(file)
        if let first = archive.refused.first { throw first.refusal }
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for header in archive.headers { tensors[header.name] = try archive.tensor(header.name) }
        return tensors
    }

    /// What a file's first bytes say; nil for other formats.
    private static func format(of path: String) throws(FormatError) -> Format? {
        let bytes: [UInt8]
        do throws(InputError) { bytes = try InputFile.head(path, count: 32) } catch { throw FormatError(error) }
        if bytes.starts(with: GGUF.magic) { return .gguf }
        if bytes.starts(with: NPYHeader.magic) { return .array }
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) { return .archive }
        if bytes.count >= 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) { return .pickle }
        let isNamed = path.hasSuffix(".safetensors")
        // Eight bytes of a length below 2^32 and a JSON object; an ONNX file has other bytes there.
        let isSafetensors = bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
        if isNamed || isSafetensors { return .safetensors }
        return [".pt", ".pth", ".ckpt", ".pkl"].contains(where: path.hasSuffix) ? .pickle : nil
    }

    private static func pickle(_ path: String) -> FormatError {
        let name = quoted(path)
        let target = quoted(URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent + ".safetensors")
        return FormatError(
            .unsupported, file: path, reading: "PyTorch checkpoint", expected: "a file without a pickle, which runs code as it is read",
            actual: "a pickle",
            cure: "Two lines of Python convert a file that you trust:\nimport torch, safetensors.torch\n"
                + "safetensors.torch.save_file({k: v.clone() for k, v in torch.load(\(name), weights_only=True).items()}, \(target))")
    }

    private static func source(_ path: String, _ files: [MappedFile]) throws(FormatError) -> Network.Source {
        let byteCount = files.reduce(0) { $0 + $1.count }
        let isSampled = byteCount >= samplingThreshold
        let hash = isSampled ? Network.Source.sampled(FileIdentity.sampleHash(of: files)) : try FileHash.sha256(files)
        return Network.Source(path: path, byteCount: byteCount, sha256: hash)
    }
}
