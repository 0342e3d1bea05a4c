import Formats
import Foundation
import Tensors
import Testing

/// IDX files, raw and gzip.
struct IDXReaderTests {
    private let header: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2]
    private let values: [UInt8] = [1, 2, 3, 4, 5, 6]

    private func message(_ bytes: [UInt8], rows: Range<Int>? = nil) throws -> String {
        try Fixture.withFile(bytes) { path in
            let refusal = Fixture.refusal { _ = try IDXReader.read(path: path, rows: rows) }
            return refusal?.message.replacingOccurrences(of: path, with: "FILE") ?? "read"
        }
    }

    @Test func readsRawAndGzip() throws {
        for bytes in [header + values, try gzip(header + values)] {
            try Fixture.withFile(bytes) { path in
                let header = try IDXReader.header(path: path)
                #expect(header == IDXHeader(elementType: .uint8, shape: [3, 2]))
                #expect(try IDXReader.read(path: path).floats == [1, 2, 3, 4, 5, 6])
                #expect(try IDXReader.read(path: path, rows: 1..<3).floats == [3, 4, 5, 6])
                #expect(try IDXReader.read(path: path, rows: 0..<1).floats == [1, 2])
                #expect(try IDXReader.read(path: path, rows: 3..<3).count == 0)
            }
        }
    }

    @Test func readsMembersInARow() throws {
        let bytes = try gzip(header + values.prefix(2)) + gzip(Array(values.suffix(4))) + [0, 0, 0]
        let read = try Fixture.withFile(bytes) { path in try IDXReader.read(path: path).floats }
        #expect(read == [1, 2, 3, 4, 5, 6])
    }

    @Test(
        arguments: [
            (0x09, [0xFF, 0x02], [-1, 2]), (0x0B, [0xFF, 0xFE, 0x01, 0x00], [-2, 256]),
            (0x0C, [0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 1, 0], [-2, 256]), (0x0D, [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0], [1, -2]),
            (0x0E, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0], [1, -2]),
        ] as [(UInt8, [UInt8], [Float])])
    func readsBigEndianNumbers(type: UInt8, content: [UInt8], values: [Float]) throws {
        let read = try Fixture.withFile([0, 0, type, 1, 0, 0, 0, 2] + content) { path in try IDXReader.read(path: path).floats }
        #expect(read == values)
    }

    @Test func saysWhatIsWrong() throws {
        #expect(
            try message([1, 2, 3, 4, 5])
                == "FILE, byte 0: IDX magic: expected 00 00, an element type (8, 9, b, c, d or e) and 1…8 dimensions, "
                + "found 1 2 3 4. Give IDX files, raw or gzip, as MNIST's are.")
        #expect(
            try message(header + values.dropLast())
                == "FILE, byte 12: IDX content: expected 6 bytes for [3×2] of uint8, found a file of 17 bytes.")
        #expect(
            try message(header + values + [0]) == "FILE, byte 12: IDX content: expected 6 bytes for [3×2] of uint8, found 7.")
        #expect(
            try message([0, 0, 8, 1, 0, 0, 0, 0])
                == "FILE, byte 8: IDX content: expected dimensions above 0 whose product can be counted, found [0].")
        #expect(
            try message([0, 0, 8, 2] + [UInt8](repeating: 0xFF, count: 8))
                == "FILE, byte 12: IDX content: expected dimensions above 0 whose product can be counted, found [4294967295×4294967295].")
        #expect(
            try message(header + values, rows: 2..<4) == "FILE: IDX rows: expected rows inside 0..<3, found 2..<4.")
        #expect(try message([0, 0]) == "FILE, byte 2: IDX content: expected 4 more bytes, found 2 before the end.")
    }

    @Test func saysWhatIsWrongWithGzip() throws {
        let whole = try gzip(header + values)
        #expect(
            try message(Array(whole.dropLast(3)))
                == "FILE, byte \(whole.count - 3): gzip data: expected more compressed data, found the end of the file. "
                + "The file is damaged; get it again.")
        var wrong = whole
        wrong[whole.count - 6] ^= 1
        #expect(try message(wrong).contains("found incorrect data check."))
        #expect(try message(gzip(header + values + [9])).contains("expected the end after 6 bytes for [3×2], found more bytes."))
        // A bomb: the header asks for more than the compressed bytes can hold.
        #expect(try message(gzip([0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0])).contains("expected 4294967296 bytes for [65536×65536]"))
    }
}
