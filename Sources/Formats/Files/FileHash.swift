import Crypto
import Foundation
import Tensors

/// SHA-256 of files and memory, hexadecimal in lower case.
public enum FileHash {
    /// SHA-256 of the whole file. Cost: about 0.6 s a gigabyte.
    public static func sha256(path: String) throws(FormatError) -> String {
        sha256(try MappedFile(path: path).bytes)
    }

    /// SHA-256 of the parts, one after the other.
    public static func sha256(_ parts: UnsafeRawBufferPointer...) -> String { sha256(parts) }

    static func sha256(_ parts: [UnsafeRawBufferPointer]) -> String {
        var hash = SHA256()
        for part in parts { hash.update(bufferPointer: part) }
        return hexadecimal(hash.finalize())
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
