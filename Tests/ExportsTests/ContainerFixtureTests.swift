import Compression
import Exports
import Foundation
import Networks
import Tensors
import Testing

/// Files of every version of the container, made once by `Scripts/make-container-fixtures.py`.
@Suite("Containers of all versions")
struct ContainerFixtureTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/Containers")

    @Test("Every file of every version is read to the values that it had when it was made")
    func values() throws {
        let text = try Data(contentsOf: Self.folder.appendingPathComponent("checksums.json"))
        let expected = try JSONDecoder().decode([String: [String: UInt32]].self, from: text)
        var versions: Set<UInt8> = []
        for (name, checksums) in expected {
            let path = Self.folder.appendingPathComponent(name).path
            versions.insert(try Data(contentsOf: URL(fileURLWithPath: path))[PareContainer.magic.count])
            let content = try PareFile.read(path)
            let found = content.network.parameters.values.map { parameter -> (String, UInt32) in
                // The checksums are those of float32, and what is of 16 bits in a file is so in memory.
                let values = parameter.values
                guard values.elementType.isHalf else { return (parameter.name, withExtendedLifetime(values) { checksum(values.bytes) }) }
                return (parameter.name, values.withFloats { checksum(UnsafeRawBufferPointer($0)) })
            }
            #expect(Dictionary(uniqueKeysWithValues: found) == checksums, "\(name)")
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(content.table.total == size)
        }
        #expect(versions == Set(1...PareContainer.version))
    }

    /// CRC-32 bit by bit.
    private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
        }
        return ~state
    }
}
