import Foundation
import Tensors

extension GivenInput {
    /// The array in a file: the only one, or the one that `name` names.
    public static func file(_ path: String, array name: String?) throws(FormatError) -> GivenInput {
        guard ArrayFiles.extensions.contains((path as NSString).pathExtension.lowercased()) else {
            throw FormatError(
                .wrongFormat, file: path, reading: "input", expected: "a number, or an NPY, NPZ or safetensors file", actual: "another file"
            )
        }
        let arrays = try ArrayFiles.arrays([path])
        let found = name.map { name in arrays.filter { $0.name == name } } ?? arrays
        guard found.count == 1, let array = found.first else {
            throw FormatError(
                .missing, file: path, reading: "input", expected: name.map { "an array \(quoted($0))" } ?? "one array",
                actual: arrays.isEmpty ? "none" : quoted(arrays.map(\.name)), cure: "Name the array behind a #: \(path)#NAME.")
        }
        return .tensor(try array.read())
    }

    /// The start of the SHA-256 of a tensor's bytes; nil of a number.
    public var digest: String? {
        guard case .tensor(let tensor) = self else { return nil }
        return String(FileHash.sha256([Data(tensor.bytes)]).prefix(16))
    }
}
