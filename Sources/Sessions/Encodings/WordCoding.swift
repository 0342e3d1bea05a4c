import Foundation

/// One way to keep an array of 32-bit words without losing a bit: −0, infinities and the payload of a NaN come back as they were.
package protocol WordCoding {
    /// Nil where these words can't be kept so.
    init?(_ words: [UInt32])
    /// What ``data`` will take.
    var byteCount: Int { get }
    var data: Data { get }
    /// The words again; nil where the bytes are not what this coding writes for so many words.
    static func words(from data: Data, count: Int) -> [UInt32]?
}

extension Data {
    /// Appends words as little-endian bytes.
    mutating func append(words: [UInt32]) {
        words.map(\.littleEndian).withUnsafeBytes { append(contentsOf: $0) }
    }

    /// `count` little-endian words from a byte offset on, which lie inside.
    func words(at offset: Int, count: Int) -> [UInt32] {
        withUnsafeBytes { bytes in
            (0..<count).map { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4 * $0, as: UInt32.self)) }
        }
    }
}
