import Formats

/// PNG files made by hand (ISO/IEC 15948).
enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + content
        return number(UInt32(content.count)) + body + number(Zip.checksum(body))
    }

    static func header(width: Int, height: Int, channels: Int, bits: UInt8 = 8) -> [UInt8] {
        chunk("IHDR", number(UInt32(width)) + number(UInt32(height)) + [bits, channels == 3 ? 2 : 0, 0, 0, 0])
    }

    /// Pixels row by row, `channels` 1 or 3.
    static func file(width: Int, height: Int, channels: Int, _ pixels: [UInt8]) -> [UInt8] {
        let row = width * channels
        let rows = (0..<height).flatMap { [0] + pixels[$0 * row..<($0 + 1) * row] }
        return signature + header(width: width, height: height, channels: channels) + chunk("IDAT", Deflate.compressed(rows) ?? [])
            + chunk("IEND", [])
    }
}
