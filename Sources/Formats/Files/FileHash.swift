import Foundation
import Tensors

/// SHA-256 of files and memory, hexadecimal in lower case.
public enum FileHash {
    /// SHA-256 of the whole file. Cost: about 0.6 s a gigabyte.
    public static func sha256(path: String) throws(FormatError) -> String {
        let file = try MappedFile(path: path)
        return try sha256([file])
    }

    /// SHA-256 of the files' bytes, one after the other. Throws where one was written to meanwhile.
    public static func sha256(_ files: [MappedFile]) throws(FormatError) -> String {
        // The owner must outlive the pointers, which do not keep it.
        let hash = withExtendedLifetime(files) { sha256(parts: files.map(\.bytes)) }
        for file in files { try file.checkUnchanged() }
        return hash
    }

    /// SHA-256 of a tensor's bytes and, after them, of `rest`.
    public static func sha256(_ tensor: Tensor, _ rest: UnsafeRawBufferPointer? = nil) -> String {
        withExtendedLifetime(tensor) { sha256(parts: [tensor.bytes] + (rest.map { [$0] } ?? [])) }
    }

    /// SHA-256 of the parts, one after the other.
    static func sha256(_ parts: [Data]) -> String {
        var hash = SHA256()
        for part in parts { part.withUnsafeBytes { hash.update($0) } }
        return hexadecimal(hash.finalize())
    }

    /// SHA-256 of the parts, one after the other; their owners must be kept alive by the caller.
    static func sha256(parts: [UnsafeRawBufferPointer]) -> String {
        var hash = SHA256()
        for part in parts { hash.update(part) }
        return hexadecimal(hash.finalize())
    }

    private static func hexadecimal(_ digest: [UInt8]) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
