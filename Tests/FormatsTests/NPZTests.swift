import Formats
import Foundation
import Tensors
import Testing

/// Archives of arrays, stored and deflated.
struct NPZTests {
    // Written by NumPy: Scripts/make-array-fixtures.py.
    @Test(arguments: ["stored", "deflated"])
    func readsWhatNumPyWrote(_ kind: String) throws {
        let archive = try NPZ(path: Fixture.root.appendingPathComponent("Tests/Fixtures/arrays-\(kind).npz").path)
        #expect(archive.headers.map(\.name) == ["x", "labels", "group/half", "zeros", "scalar"])
        #expect(archive.headers.map(\.shape) == [[4, 3, 2], [4], [2], [40, 25], []])
        #expect(archive.headers.allSatisfy { $0.isStored == (kind == "stored") })
        #expect(try archive.tensor("x").floats == (0..<24).map { Float($0) - 2.5 })
        #expect(try archive.tensor("labels").floats == [3, 1, 2, 0])
        #expect(try archive.tensor("group/half").floats == [1, -2])
        #expect(try archive.tensor("zeros").floats == [Float](repeating: 0, count: 1000))
        #expect(try archive.tensor("scalar").floats == [7])
        #expect(Fixture.refusal { _ = try archive.tensor("y") }?.actual == "'x', 'labels', 'group/half', 'zeros', 'scalar'")
    }

    private func message(_ zip: Zip, cut: Int = 0) throws -> String {
        try Fixture.withFile(zip.bytes.dropLast(cut)) { path in
            let refusal = Fixture.refusal {
                let archive = try NPZ(path: path)
                for header in archive.headers { _ = try archive.tensor(header.name) }
            }
            return refusal?.message.replacingOccurrences(of: path, with: "FILE") ?? "read"
        }
    }

    private let array = Zip.npy("|u1", "(4,)", [1, 2, 3, 4])

    @Test func saysWhatIsWrong() throws {
        let good = Zip(entries: [.init(name: "x.npy", content: array), .init(name: "y.npy", content: array, isDeflated: true)])
        #expect(try message(good) == "read")
        #expect(try message(good, cut: 1).contains("the directory of a zip archive at the end, found none."))
        func wrong(_ change: (inout Zip) -> Void) throws -> String {
            var zip = good
            change(&zip)
            return try message(zip)
        }
        #expect(try wrong { $0.entries[0].checksum = 7 }.contains("zip entry 'x.npy': expected content with the checksum of the directory"))
        #expect(try wrong { $0.entries[1].checksum = 7 }.contains("zip entry 'y.npy': expected content with the checksum of the directory"))
        #expect(try wrong { $0.entries[0].flags = 1 }.contains("entries stored or deflated, not encrypted"))
        #expect(try wrong { $0.entries[0].method = 14 }.contains("found method 14."))
        #expect(try wrong { $0.entries[1].name = "x.npy" }.contains("expected each name once, found 'x.npy' twice."))
        #expect(try wrong { $0.entries[0].size = 3 }.contains("expected equal sizes of a stored entry"))
        #expect(try wrong { $0.entries[1].size = 1 << 30 }.contains("at most 1,032 bytes of content a byte, found 1073741824 bytes"))
        #expect(try wrong { $0.entries[1].compressedSize = 1 << 20 }.contains("a file of"))
        #expect(try wrong { $0.entries[0].offset = 5 }.contains("expected a header at byte 5, found other bytes."))
        #expect(try wrong { $0.count = 900 }.contains("expected at most 2 entries, found 900."))
        #expect(try wrong { $0.start = 1 << 20 }.contains("a directory inside the file"))
        #expect(try wrong { $0.entries[0].content = Array("text".utf8) }.contains("NPY header of 'x.npy': expected the magic of NPY"))
        let lying = Zip.npy("|u1", "(4611686018427387904, 8)", [1])
        #expect(try wrong { $0.entries[0].content = lying }.contains("the bytes of [4611686018427387904×8] of uint8, found 1."))
        #expect(try wrong { $0.entries[0].name = "\u{1b}[2J" }.contains("\u{1b}") == false)
    }

    @Test("What compressed arrays take in memory is bounded by their declared size")
    func boundsInflated() throws {
        var generator = SeededGenerator(seed: 4)
        // Enough bytes that DEFLATE could make so much of them.
        let noise = (0..<1_200_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let content = Zip.npy("|u1", "(1073741824,)", noise)
        let large = Zip(entries: [.init(name: "x.npy", content: content, isDeflated: true, size: (1 << 30) + 1)])
        let refusal = try message(large)
        #expect(
            refusal.contains("zip entry 'x.npy': expected at most 1073741824 bytes of compressed arrays in memory, found 1073741825 bytes"))
        #expect(refusal.contains("numpy.savez"))
        let half = (1 << 29) + 1
        let both = Zip(entries: ["x", "y"].map { .init(name: $0 + ".npy", content: content, isDeflated: true, size: half) })
        try Fixture.withFile(both.bytes, name: "both.npz") { path in
            let refusal = Fixture.refusal { _ = try WeightsReader.read(path) }
            #expect(refusal?.kind == .limit && refusal?.actual == "1073741826 bytes with those before it")
        }
    }

    @Test("Text beside the examples is put aside; as labels it has to be as many as there are examples")
    func putsTextAside() throws {
        let names = Zip.npy("<U3", "(1,)", [UInt8](repeating: 65, count: 12))
        let images = Zip.npy("|u1", "(2, 4)", [1, 2, 3, 4, 5, 6, 7, 8])
        func archive(_ entries: [(String, [UInt8])], _ body: (String) throws -> Void) throws {
            try Fixture.withFile(Zip(entries: entries.map { .init(name: $0.0 + ".npy", content: $0.1) }).bytes, name: "set.npz", body)
        }
        try archive([("x", images), ("class_titles", names)]) { path in
            let data = try DatasetLoader(directory: path).load(.validation)
            #expect(data.count == 1 && data.kind == .unlabelled)
            #expect(Fixture.refusal { _ = try WeightsReader.read(path) }?.actual == "text, descr '<U3'")
            #expect(Fixture.refusal { _ = try NPZ(path: path).tensor("class_titles") }?.actual == "text, descr '<U3'")
        }
        try archive([("x", images), ("y", names)]) { path in
            let refusal = Fixture.refusal { _ = try DatasetLoader(directory: path).load(.validation) }
            // Names of classes are labels, but one for two examples is none.
            #expect(refusal.map { "\($0)".contains("y") } == true)
        }
        try archive([("titles", names)]) { path in
            #expect(Fixture.refusal { _ = try DatasetLoader(directory: path).load(.validation) }?.kind == .unsupported)
        }
    }
}
