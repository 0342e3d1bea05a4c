import Files
import Foundation
import Glibc
import Testing

/// Files are written whole, into the place of the right one and of no other.
@Suite("Output files")
struct OutputFileTests {
    private let folder = Scratch()

    private func write(_ text: String, _ name: String, isOwn: Bool = false) throws {
        try OutputFile.write([Data(text.utf8)], to: folder.path(name), isOwn: isOwn)
    }

    private func problem(_ name: String) -> OutputError.Problem? {
        do throws(OutputError) { try OutputFile.write([Data("new".utf8)], to: folder.path(name)) } catch { return error.problem }
        return nil
    }

    @Test("A new file has the mode that the umask leaves, an old one keeps its own", arguments: [0o600, 0o640, 0o755, 0o444])
    func modes(mode: mode_t) throws {
        try write("new", "new")
        let mask = umask(0)
        umask(mask)
        #expect(folder.mode("new") == 0o666 & ~mask)
        #expect(chmod(folder.path("new"), mode) == 0)
        try write("newer", "new")
        #expect(folder.mode("new") == mode && folder.text("new") == "newer")
    }

    @Test("The owner is kept, where the system allows it", .enabled(if: getuid() == 0))
    func owner() throws {
        try write("old", "file")
        #expect(chown(folder.path("file"), 65534, 65534) == 0)
        try write("new", "file")
        var status = stat()
        #expect(stat(folder.path("file"), &status) == 0 && status.st_uid == 65534 && status.st_gid == 65534)
    }

    @Test("A symbolic link stays, and what it leads to is replaced; another hard link keeps the old content")
    func links() throws {
        try write("old", "file")
        #expect(symlink("file", folder.path("first")) == 0 && symlink(folder.path("first"), folder.path("second")) == 0)
        #expect(link(folder.path("file"), folder.path("hard")) == 0)
        try write("new", "second")
        #expect(folder.text("file") == "new" && folder.text("hard") == "old")
        #expect(folder.kind("second") == S_IFLNK && folder.kind("first") == S_IFLNK && folder.kind("file") == S_IFREG)
        #expect(symlink("later", folder.path("dangling")) == 0)
        try write("made", "dangling")
        #expect(folder.text("later") == "made" && folder.kind("dangling") == S_IFLNK)
        #expect(symlink("loop", folder.path("loop")) == 0)
        #expect(problem("loop") == .system(ELOOP))
    }

    @Test("A folder is refused, a device and a pipe are written to and stay")
    func others() throws {
        #expect(mkdir(folder.path("folder"), 0o755) == 0)
        #expect(problem("folder") == .isFolder)
        #expect(symlink("/dev/null", folder.path("null")) == 0)
        try write("lost", "null")
        #expect(problem("/dev/full") == .system(ENOSPC))
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        let reader = open(folder.path("pipe"), O_RDONLY | O_NONBLOCK)
        try write("through", "pipe")
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(read(reader, &buffer, buffer.count) == 7)
        close(reader)
        #expect(folder.kind("pipe") == S_IFIFO && folder.kind("/dev/null") == S_IFCHR)
        #expect(!OutputFile.isFile(folder.path("pipe")) && !OutputFile.isFile("/dev/stdout") && OutputFile.isFile(folder.path("none")))
        #expect(OutputFile.isStandardOutput("-") && OutputFile.isStandardOutput("/dev/fd/1") && !OutputFile.isStandardOutput("./-"))
    }

    @Test("An open descriptor is written to where it stands")
    func descriptors() throws {
        let descriptor = open(folder.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try write("one", "/dev/fd/\(descriptor)")
        try write("two", "/proc/self/fd/\(descriptor)")
        close(descriptor)
        #expect(folder.text("log") == "onetwo")
    }

    @Test("A refused or failed write leaves the old file and nothing beside it")
    func failures() throws {
        try write("old", "file")
        #expect(problem("none/file") == .system(ENOENT))
        #expect(folder.text("file") == "old" && folder.names == ["file"])
        let long = String(repeating: "n", count: 255)
        try write("long", long)
        try write("longer", long)
        #expect(folder.text(long) == "longer")
    }

    @Test("What a kill left is removed by the next write, what another program holds is not")
    func leftovers() throws {
        let (left, held) = (folder.path(".pare-left.part"), folder.path(".pare-held.part"))
        for file in [left, held, folder.path(".pare-other")] { #expect(FileManager.default.createFile(atPath: file, contents: Data())) }
        let holder = open(held, O_RDONLY)
        #expect(flock(holder, LOCK_EX | LOCK_NB) == 0)
        try write("new", "file")
        #expect(folder.names == [".pare-held.part", ".pare-other", "file"])
        close(holder)
        try write("new", "file")
        #expect(folder.names == [".pare-other", "file"])
    }

    @Test("A file that is read is never written, by any of its names")
    func inputs() throws {
        try write("input", "input")
        ReadFiles.note(path: folder.path("input"))
        #expect(symlink("input", folder.path("soft")) == 0 && link(folder.path("input"), folder.path("hard")) == 0)
        for name in ["input", "soft", "hard", "./input"] { #expect(problem(name) == .isRead(name: folder.path("input")), "\(name)") }
        #expect(folder.text("hard") == "input")
        let descriptor = open(folder.path("input"), O_WRONLY | O_APPEND)
        #expect(problem("/dev/fd/\(descriptor)") == .isRead(name: folder.path("input")))
        close(descriptor)
        try write("own", "input", isOwn: true)
        ReadFiles.note(path: folder.path("input"))
        ReadFiles.forget(path: folder.path("input"))
        try write("free", "input")
        #expect(folder.text("input") == "free")
    }

    @Test("The files of a data set's folders are read too, its other files are not")
    func folders() throws {
        #expect(mkdir(folder.path("set"), 0o755) == 0 && mkdir(folder.path("set/class"), 0o755) == 0)
        for name in ["set/class/a.png", "set/notes"] { try write("old", name) }
        ReadFiles.note(folder: folder.path("set")) { $0.hasSuffix(".png") }
        #expect(link(folder.path("set/class/a.png"), folder.path("hard")) == 0)
        for name in ["set/class/a.png", "hard"] { #expect(problem(name) == .isRead(name: folder.path("set/class/a.png"))) }
        try write("new", "set/notes")
        try write("new", "set/class/b.png")
    }
}

/// A folder of its own, gone after the test.
final class Scratch {
    private let root = NSTemporaryDirectory() + "pare-files-" + UUID().uuidString

    init() { try? FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { name.hasPrefix("/") ? name : root + "/" + name }
    func text(_ name: String) -> String? { try? String(contentsOfFile: path(name), encoding: .utf8) }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted() }
    func mode(_ name: String) -> mode_t { status(name).st_mode & 0o7777 }
    func kind(_ name: String) -> mode_t { status(name).st_mode & S_IFMT }

    private func status(_ name: String) -> stat {
        var status = stat()
        lstat(path(name), &status)
        return status
    }
}
