/// Checksums of a container's sections: CRC-32 by its definition.
enum Checksums {
    private static let table: [UInt32] = (0..<256).map { entry in
        (0..<8).reduce(UInt32(entry)) { state, _ in state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// Writes the right checksum behind every section that is whole.
    static func repair(_ bytes: inout [UInt8]) {
        // Magic and version.
        var place = 6
        while place + 6 <= bytes.count {
            var (length, shift, next) = (0, 0, place + 1)
            while next < bytes.count, shift < 28 {
                length |= Int(bytes[next] & 0x7F) << shift
                shift += 7
                next += 1
                if bytes[next - 1] < 0x80 { break }
            }
            let end = next + length
            guard end + 4 <= bytes.count else { return }
            let sum = checksum(bytes[place..<end])
            for byte in 0..<4 { bytes[end + byte] = UInt8(truncatingIfNeeded: sum >> (8 * byte)) }
            place = end + 4
        }
    }
}
