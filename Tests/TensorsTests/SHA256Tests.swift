import Tensors
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    private func hexadecimal(_ parts: [[UInt8]]) -> String {
        var hash = SHA256()
        for part in parts { part.withUnsafeBytes { hash.update($0) } }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// The examples of FIPS 180-4 (NIST's SHA256.pdf) and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func publishedExamples(message: String, expected: String) {
        #expect(hexadecimal([Array(message.utf8)]) == expected)
    }

    @Test("a million times a, whole and in parts around the block of 64 bytes", arguments: [1, 63, 64, 65, 4_096, 1_000_000])
    func parts(size: Int) {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let parts = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(hexadecimal(parts) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("empty parts change nothing, and one hash knows nothing of another")
    func emptyPartsAndTwoAtOnce() {
        #expect(hexadecimal([[], [1, 2], [], [3]]) == hexadecimal([[1, 2, 3]]))
        var first = SHA256()
        var second = SHA256()
        [UInt8(1)].withUnsafeBytes { first.update($0) }
        [UInt8(2)].withUnsafeBytes { second.update($0) }
        let digests = (first.finalize(), second.finalize())
        #expect(digests.0 != digests.1)
        #expect(digests.0.count == 32)
    }
}
