import Foundation
import Tensors

extension GivenInput {
    /// The array in a file: the only one, or the one that `name` names.
    public static func file(_ path: String, array name: String?) throws(FormatError) -> GivenInput {
        .tensor(try only(arrays(path), path, name).read())
    }

    /// All arrays in a file.
    static func arrays(_ path: String) throws(FormatError) -> [NamedArray] {
        guard ArrayFiles.extensions.contains((path as NSString).pathExtension.lowercased()) else {
            throw FormatError(
                .wrongFormat, file: path, reading: "input", expected: "a number, or an NPY, NPZ or safetensors file", actual: "another file"
            )
        }
        return try ArrayFiles.arrays([path])
    }

    /// The only one of a file's arrays, or the one of a name.
    static func only(_ arrays: [NamedArray], _ path: String, _ name: String?) throws(FormatError) -> NamedArray {
        let found = name.map { name in arrays.filter { $0.name == name } } ?? arrays
        guard found.count == 1, let array = found.first else {
            throw FormatError(
                .missing, file: path, reading: "input", expected: name.map { "an array \(quoted($0))" } ?? "one array",
                actual: arrays.isEmpty ? "none" : quoted(arrays.map(\.name)), cure: "Name the array behind a #: \(path)#NAME.")
        }
        return array
    }

    /// The start of the SHA-256 of a tensor's bytes; nil of a number.
    public var digest: String? {
        guard case .tensor(let tensor) = self else { return nil }
        return String(FileHash.sha256([Data(tensor.bytes)]).prefix(16))
    }
}
