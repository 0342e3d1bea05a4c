import Foundation

/// Builds files of named tensors byte by byte, well-formed or not.
package enum WeightsFiles {
    package static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    package static func safetensors(_ header: String, data: Int) -> [UInt8] {
        number(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    package static func npy(_ shape: String, _ descr: String = "<f4", data: [UInt8]) -> [UInt8] {
        let header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + number(UInt16(header.utf8.count)) + Array(header.utf8) + data
    }

    package static func floats(_ values: [Float]) -> [UInt8] { values.flatMap { number($0.bitPattern) } }

    /// An entry of an archive: `count` and `packed` replace the true sizes where they lie.
    package struct Member {
        package var name: String
        package var content: [UInt8]
        package var method: UInt16
        package var count: Int?
        package var flags: UInt16

        package init(name: String, content: [UInt8], method: UInt16 = 0, count: Int? = nil, flags: UInt16 = 0) {
            (self.name, self.content, self.method, self.count, self.flags) = (name, content, method, count, flags)
        }
    }

    /// A ZIP archive of stored entries; `isLarge` has its sizes in ZIP64's fields.
    package static func zip(_ members: [Member], isLarge: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let header = bytes.count
            let name = Array(member.name.utf8)
            let sum = checksum(member.content)
            let count = member.count ?? member.content.count
            bytes += number(UInt32(0x0403_4B50)) + [20, 0] + number(member.flags) + number(member.method) + [0, 0, 0, 0] + number(sum)
            bytes +=
                number(UInt32(member.content.count)) + number(UInt32(truncatingIfNeeded: count)) + number(UInt16(name.count)) + [0, 0]
                + name
            bytes += member.content
            let extra =
                isLarge ? number(UInt16(1)) + number(UInt16(24)) + number(count) + number(member.content.count) + number(header) : []
            directory +=
                number(UInt32(0x0201_4B50)) + [20, 0, 20, 0] + number(member.flags) + number(member.method) + [0, 0, 0, 0] + number(sum)
            let full = UInt32.max
            directory += number(isLarge ? full : UInt32(member.content.count)) + number(isLarge ? full : UInt32(truncatingIfNeeded: count))
            directory += number(UInt16(name.count)) + number(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
            directory += number(isLarge ? full : UInt32(header)) + name + extra
        }
        let start = bytes.count
        bytes += directory
        if isLarge {
            let record = bytes.count
            bytes += number(UInt32(0x0606_4B50)) + number(UInt64(44)) + [45, 0, 45, 0] + [UInt8](repeating: 0, count: 8)
            bytes += number(members.count) + number(members.count) + number(directory.count) + number(start)
            bytes += number(UInt32(0x0706_4B50)) + number(UInt32(0)) + number(record) + number(UInt32(1))
        }
        bytes += number(UInt32(0x0605_4B50)) + [0, 0, 0, 0]
        let count = isLarge ? UInt16.max : UInt16(members.count)
        bytes += number(count) + number(count)
        bytes += number(isLarge ? UInt32.max : UInt32(directory.count)) + number(isLarge ? UInt32.max : UInt32(start)) + [0, 0]
        return bytes
    }

    private static func checksum(_ content: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in content {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~sum
    }

    /// A tensor of a GGUF file.
    package struct Block {
        package var name: String
        package var dimensions: [UInt64]
        package var type: UInt32
        package var offset: UInt64

        package init(name: String = "a.weight", dimensions: [UInt64] = [32, 2], type: UInt32 = 0, offset: UInt64 = 0) {
            (self.name, self.dimensions, self.type, self.offset) = (name, dimensions, type, offset)
        }
    }

    package static func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// A GGUF file with data of `size` bytes; `settings` are its key-value pairs.
    package static func gguf(
        _ blocks: [Block] = [Block()], size: Int = 256, version: UInt32 = 3, count: UInt64? = nil, settings: [[UInt8]] = []
    ) -> [UInt8] {
        var bytes = Array("GGUF".utf8) + number(version) + number(count ?? UInt64(blocks.count)) + number(UInt64(settings.count))
        bytes += settings.joined()
        for block in blocks {
            bytes += text(block.name) + number(UInt32(block.dimensions.count)) + block.dimensions.flatMap(number)
            bytes += number(block.type) + number(block.offset)
        }
        bytes += [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
        return bytes + [UInt8](repeating: 1, count: size)
    }
}
