import Foundation
import Tensors

/// NumPy's file of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
public enum NPY {
    /// The array as a view of the file. Versions 1 to 3, row-major, little-endian.
    public static func read(_ path: String) throws(FormatError) -> Tensor {
        let file = try MappedFile(path: path)
        return try NPYContent(storage: file.storage, range: 0..<file.count, file: path).tensor()
    }

    /// The names of an array of text [N] or [N, 1]; nil for any other array.
    static func names(_ path: String) throws(FormatError) -> [String]? {
        let file = try MappedFile(path: path)
        return try NPYContent(storage: file.storage, range: 0..<file.count, file: path).names()
    }

    /// Writes version 1 with the data aligned to 64 bytes. Precondition: NumPy has the element type (not bfloat16).
    public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
        precondition(tensor.elementType != .bfloat16, "NumPy has no bfloat16")
        let header = NPYHeader(elementType: tensor.elementType, shape: tensor.shape)
        try FileWriter.write([header.bytes.withUnsafeBytes { Data($0) }, Data(tensor.bytes)], to: path)
    }
}
