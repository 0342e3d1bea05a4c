import Files
import Foundation
import Glibc
import Testing

/// What a user names is opened at once or refused at once; only texts may come from a pipe.
@Suite("Input files")
struct InputFileTests {
    private let folder = Scratch()

    private func problem(_ body: () throws(InputError) -> Void) -> InputError.Problem? {
        do throws(InputError) { try body() } catch { return error.problem }
        return nil
    }

    @Test("A pipe, a device and a folder are refused without waiting")
    func irregular() throws {
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0 && mkdir(folder.path("folder"), 0o755) == 0)
        for (name, kind) in [("pipe", "a pipe"), ("/dev/zero", "a device"), ("folder", "a folder")] {
            let path = folder.path(name)
            #expect(problem { () throws(InputError) in _ = try InputFile.open(path) } == .notRegular(kind))
            #expect(problem { () throws(InputError) in _ = try InputFile.head(path, count: 4) } == .notRegular(kind))
            #expect(
                problem { () throws(InputError) in _ = try InputFile.contents(path, limit: 9, isStreamAllowed: false) } == .notRegular(kind)
            )
        }
        #expect(problem { () throws(InputError) in _ = try InputFile.open(folder.path("none")) } == .missing)
    }

    @Test("A text comes from a file or through a pipe, up to a limit")
    func contents() throws {
        try OutputFile.write([Data("text".utf8)], to: folder.path("file"))
        #expect(try InputFile.contents(folder.path("file"), limit: 4) == Array("text".utf8))
        #expect(problem { () throws(InputError) in _ = try InputFile.contents(folder.path("file"), limit: 3) } == .tooLarge(limit: 3))
        #expect(problem { () throws(InputError) in _ = try InputFile.contents("/dev/zero", limit: 1 << 20) } == .tooLarge(limit: 1 << 20))
        #expect(try InputFile.contents("/dev/null", limit: 9).isEmpty)
        let pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let writer = Thread {
            let descriptor = open(pipe, O_WRONLY)
            write(descriptor, "in two ", 7)
            write(descriptor, "parts", 5)
            close(descriptor)
        }
        writer.start()
        #expect(try InputFile.contents(pipe, limit: 100) == Array("in two parts".utf8))
    }

    @Test("The first bytes are as many as there are, and the file is noted")
    func head() throws {
        try OutputFile.write([Data("abc".utf8)], to: folder.path("file"))
        #expect(ReadFiles.name(ofInputAt: folder.path("file")) == nil)
        #expect(try InputFile.head(folder.path("file"), count: 2) == Array("ab".utf8))
        #expect(try InputFile.head(folder.path("file"), count: 9) == Array("abc".utf8))
        #expect(ReadFiles.name(ofInputAt: folder.path("file")) == folder.path("file"))
    }
}
