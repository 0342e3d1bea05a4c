import Foundation
import Tensors

/// The named arrays of NPY, NPZ and safetensors files.
enum ArrayFiles {
    static let extensions: Set<String> = ["npy", "npz", "safetensors"]

    /// The arrays of these files. An array of one of several files is called `file/array`, an NPY file's by the file.
    ///
    /// - Parameter inputs: Names that examples may have beside the usual ones.
    static func arrays(_ paths: [String], inputs: [String] = []) throws(FormatError) -> [NamedArray] {
        var arrays: [NamedArray] = []
        for path in paths {
            let url = URL(fileURLWithPath: path)
            let stem = url.deletingPathExtension().lastPathComponent
            let prefix = paths.count == 1 ? "" : stem + "/"
            switch url.pathExtension.lowercased() {
            case "npy": arrays.append(try single(path, stem))
            case "npz": arrays += try archive(path, prefix, inputs)
            default: arrays += try tensors(path, prefix)
            }
        }
        return arrays
    }

    private static func single(_ path: String, _ name: String) throws(FormatError) -> NamedArray {
        if NamedArray.meaning(of: name)?.content == .labels, let names = try NPY.names(path) {
            return NamedArray(name: name, path: path, names: names)
        }
        let tensor = try NPY.read(path)
        return NamedArray(name: name, path: path, elementType: tensor.elementType, shape: tensor.shape) { tensor }
    }

    private static func archive(_ path: String, _ prefix: String, _ inputs: [String]) throws(FormatError) -> [NamedArray] {
        let archive = try NPZ(path: path)
        // Names of classes and the like may lie beside the examples.
        var texts: [NamedArray] = []
        for name in archive.refused.map(\.name) where NamedArray.meaning(of: prefix + name)?.content == .labels {
            if let names = try archive.names(name) { texts.append(NamedArray(name: prefix + name, path: path, names: names)) }
        }
        let read = Set(texts.map(\.name))
        let wanted = archive.refused.filter { !read.contains(prefix + $0.name) }.first { refused in
            let name = prefix + refused.name
            return NamedArray.meaning(of: name) != nil || NamedArray.input(of: name, among: inputs) != nil || archive.headers.isEmpty
        }
        if let wanted { throw wanted.refusal }
        let arrays = archive.headers.map { header in
            NamedArray(name: prefix + header.name, path: path, elementType: header.elementType, shape: header.shape) {
                () throws(FormatError) in try archive.tensor(header.name)
            }
        }
        return arrays + texts
    }

    private static func tensors(_ path: String, _ prefix: String) throws(FormatError) -> [NamedArray] {
        try Safetensors(path: path).tensors.map { name, tensor in
            NamedArray(name: prefix + name, path: path, elementType: tensor.elementType, shape: tensor.shape) { tensor }
        }
    }
}
