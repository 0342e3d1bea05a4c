import Foundation

/// How the bytes of a tensor are kept in a session; the name is stored beside them.
package enum TensorEncoding: String, CaseIterable, Sendable {
    /// The elements as they are, little-endian.
    case raw
    case palette
    case bitmap
    case sparsePalette

    private var coding: (any WordCoding.Type)? {
        switch self {
        case .raw: nil
        case .palette: PaletteCoding.self
        case .bitmap: BitmapCoding.self
        case .sparsePalette: SparsePaletteCoding.self
        }
    }

    /// The encoding that takes the fewest bytes; of equal ones the plainest. Cost: O(n), a few passes.
    package static func smallest(of bytes: UnsafeRawBufferPointer) -> (encoding: TensorEncoding, data: Data) {
        var best: (encoding: TensorEncoding, coded: any WordCoding)?
        if bytes.count % 4 == 0 {
            let words = words(of: bytes)
            for encoding in allCases {
                guard let coded = encoding.coding?.init(words), coded.byteCount < best?.coded.byteCount ?? bytes.count else { continue }
                best = (encoding, coded)
            }
        }
        guard let best else { return (.raw, Data(bytes)) }
        return (best.encoding, best.coded.data)
    }

    /// The bytes again; nil where `data` is not what this encoding writes for so many bytes.
    package func decoded(_ data: Data, byteCount: Int) -> Data? {
        guard let coding else { return data.count == byteCount ? data : nil }
        guard byteCount % 4 == 0, let words = coding.words(from: data, count: byteCount / 4) else { return nil }
        var bytes = Data(capacity: byteCount)
        words.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    private static func words(of bytes: UnsafeRawBufferPointer) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: bytes.count / 4) { words, count in
            UnsafeMutableRawBufferPointer(words).copyMemory(from: bytes)
            count = bytes.count / 4
        }
    }
}
