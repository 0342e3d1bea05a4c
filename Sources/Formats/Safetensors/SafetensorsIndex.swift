import Foundation
import OrderedCollections
import Tensors

/// A checkpoint in several safetensors files, with a JSON index that says in which file each tensor lies
/// (https://huggingface.co/docs/safetensors).
enum SafetensorsIndex {
    /// The largest index that is read: 64 MiB.
    private static let largest = 64 << 20

    /// The tensors of all files in the order of the files' names and, within a file, of their data; and the files.
    ///
    /// Throws where a file is missing or lies elsewhere, and where index and files do not name the same tensors.
    static func read(_ path: String) throws(FormatError) -> (tensors: OrderedDictionary<String, Tensor>, files: [MappedFile]) {
        let index = try MappedFile(path: path)
        let places = try places(index)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var tensors: OrderedDictionary<String, Tensor> = [:]
        var files: [MappedFile] = [index]
        for name in Set(places.values).sorted() {
            let file = try MappedFile(path: folder.appendingPathComponent(name).path)
            for (tensor, values) in try Safetensors(file).tensors {
                guard places[tensor] == name else {
                    throw refusal(
                        index, .mismatch, "\(quoted(tensor)) of \(quoted(name)) in the index", places[tensor].map { quoted($0) } ?? "none")
                }
                tensors[tensor] = values
            }
            files.append(file)
        }
        if let missing = places.keys.sorted().first(where: { tensors[$0] == nil }) {
            throw refusal(index, .missing, "\(quoted(missing)) in \(quoted(places[missing] ?? ""))", "a file without it")
        }
        return (tensors, files)
    }

    /// The file of each tensor.
    private static func places(_ index: MappedFile) throws(FormatError) -> [String: String] {
        guard index.count <= largest else { throw refusal(index, .limit, "at most \(largest) bytes", "\(index.count)") }
        defer { withExtendedLifetime(index) {} }
        var places: [String: String] = [:]
        var hasMap = false
        var scanner = JSONScanner(index.bytes, at: 0, file: index.path, reading: "safetensors index")
        try scanner.object { scanner, key throws(FormatError) in
            guard key == "weight_map" else { return try scanner.skipValue() }
            hasMap = true
            try scanner.object { scanner, tensor throws(FormatError) in
                let place = scanner.offset
                let file = try scanner.string()
                guard !file.isEmpty, !file.contains("/"), !file.contains("\0"), file != ".", file != ".." else {
                    throw scanner.error(.malformed, at: place, "the name of a file in the same folder", quoted(file))
                }
                places[tensor] = file
            }
        }
        try scanner.end()
        guard hasMap else { throw refusal(index, .missing, "'weight_map'", "none") }
        return places
    }

    private static func refusal(_ index: MappedFile, _ kind: FormatError.Kind, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            kind, file: index.path, reading: "safetensors index", expected: expected, actual: actual,
            cure: "Index and files must be of one checkpoint: get them again.")
    }
}
