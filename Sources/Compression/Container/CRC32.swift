/// The checksum of the sections: CRC-32 with the polynomial 0xEDB88320, reflected, as in zlib and PNG (ISO 3309).
enum CRC32 {
    /// The checksum of bytes, `123456789` giving 0xCBF43926. Cost: O(n), a table look-up a byte.
    static func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var state = UInt32.max
        for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }
        return ~state
    }

    private static let table: [UInt32] = (0..<256).map { entry in
        (0..<8).reduce(UInt32(entry)) { state, _ in state >> 1 ^ (state & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
}
