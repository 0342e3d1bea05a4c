import Dispatch
import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// Files that another program cuts or writes to while they are mapped.
@Suite("Files that change while they are mapped")
struct ChangedFileTests {
    private static let count = 1 << 18

    private func file() throws -> ChangingFile { try ChangingFile((0..<Self.count).map { Float($0) + 1 }) }

    @Test("What was cut off reads as zeros, in several threads at once")
    func cut() throws {
        let file = try file()
        #expect(file.map.change == nil)
        file.cut(to: 8192)
        let sums = UnsafeMutableBufferPointer<Double>.allocate(capacity: 8)
        defer { sums.deallocate() }
        let tensor = file.tensor([Self.count])
        nonisolated(unsafe) let results = sums
        DispatchQueue.concurrentPerform(iterations: 8) { part in
            results[part] = tensor.withFloats { $0.reduce(0) { $0 + Double($1) } }
        }
        // 1 + … + 2,048 lie on the two pages that are left.
        #expect(Array(sums) == Array(repeating: 2048 * 2049 / 2, count: 8))
        #expect(file.map.change == FileChange(path: file.path, kind: .cut(from: 4 * Self.count, to: 8192)))
    }

    @Test("A file that grew again after it was cut is not taken for the old one")
    func grown() throws {
        let file = try file()
        file.cut(to: 0)
        #expect(file.tensor([1]).floats == [0])
        file.cut(to: 4 * Self.count)
        #expect(file.map.change != nil)
    }

    @Test("A file that is written to in place")
    func overwritten() throws {
        let file = try file()
        try file.overwrite()
        #expect(file.map.change == FileChange(path: file.path, kind: .written))
    }

    @Test("Reading and renaming are no changes")
    func untouched() throws {
        let file = try file()
        _ = try Data(contentsOf: URL(fileURLWithPath: file.path))
        rename(file.path, file.path + ".moved")
        unlink(file.path + ".moved")
        #expect(file.map.change == nil)
    }

    @Test("No hash of a file that was cut or written to while it was hashed", arguments: [true, false])
    func hash(isCut: Bool) throws {
        try Fixture.withFile([UInt8](repeating: 7, count: 1 << 20)) { path in
            let file = try MappedFile(path: path, mappingFrom: 1)
            let whole = try FileHash.sha256([file])
            #expect(try FileHash.sha256(path: path) == whole)
            if isCut { truncate(path, 5000) } else { try Data([1]).write(to: URL(fileURLWithPath: path)) }
            let refusal = Fixture.refusal { _ = try FileHash.sha256([file]) }
            #expect(refusal?.file == path && refusal?.kind == .mismatch)
            #expect(refusal?.message.contains("Another program may be writing it") == true)
        }
    }

    @Test("A target stays as it was where a source changed while it was written")
    func writing() throws {
        try Fixture.withFolder { folder in
            let target = folder.appendingPathComponent("out.safetensors").path
            try Data("before".utf8).write(to: URL(fileURLWithPath: target))
            let file = try file()
            let tensors = Safetensors(["a.weight": file.tensor([Self.count / 2, 2])])
            file.cut(to: 100)
            let refusal = Fixture.refusal { try tensors.write(to: target) }
            #expect(refusal?.file == file.path)
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "before")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.safetensors"])
        }
    }

    @Test("EFAULT of a write marks the map, without a signal")
    func refusedWrite() throws {
        let file = try file()
        file.cut(to: 0)
        let (sink, other) = (Pipe(), file.map.bytes.baseAddress)
        let written = write(sink.fileHandleForWriting.fileDescriptor, other, 4096)
        #expect(written == -1 && errno == EFAULT)
        file.cut(to: 4 * Self.count)
        FileMap.markCut(at: other)
        #expect(file.map.change?.kind == .cut(from: 4 * Self.count, to: 4 * Self.count))
    }
}
