import Foundation
import Synchronization

/// The files that this program reads, so that no output takes the place of one, by whatever name or link it is called.
///
/// Whatever opens a file of the user's notes it here, and ``OutputFile`` asks. What a program reads to check its own output it forgets again.
public enum ReadFiles {
    private struct Folder: Sendable {
        var path: String
        var isInput: @Sendable (String) -> Bool
    }

    private static let files = Mutex<[Inode: String]>([:])
    private static let folders = Mutex<[String: Folder]>([:])

    /// Levels of folders in a data set: splits, classes, and one more.
    private static let deepest = 4

    /// Notes an open file under the name that messages carry.
    public static func note(_ status: stat, path: String) {
        files.withLock { $0[Inode(status)] = path }
    }

    /// Notes the file that a path leads to, if there is one.
    public static func note(path: String) {
        if let inode = Inode(path: path) { files.withLock { $0[inode] = path } }
    }

    /// Notes the files of a folder, and of those within it, whose names are `isInput`; they are looked at when an output is in question.
    public static func note(folder path: String, where isInput: @escaping @Sendable (String) -> Bool) {
        folders.withLock { $0[path] = Folder(path: path, isInput: isInput) }
    }

    /// Forgets the file at a path: it was read only to compare it with what was written.
    public static func forget(path: String) {
        if let inode = Inode(path: path) { files.withLock { $0[inode] = nil } }
    }

    /// The name under which the file at `path` is read; nil where it is not read, or there is none.
    ///
    /// Cost: where there is such a file, one look at each file of the noted folders.
    public static func name(ofInputAt path: String) -> String? {
        Inode(path: path).flatMap(name)
    }

    /// A number may belong to another file after the one that had it is gone: the name must still lead to it.
    static func name(of inode: Inode) -> String? {
        if let name = files.withLock({ $0[inode] }), Inode(path: name) == inode { return name }
        for folder in folders.withLock({ Array($0.values) }) {
            if let name = find(inode, in: folder.path, folder.isInput, depth: 1) { return name }
        }
        return nil
    }

    private static func find(_ inode: Inode, in path: String, _ isInput: (String) -> Bool, depth: Int) -> String? {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let file = path + "/" + name
            var status = stat()
            guard stat(file, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if depth < deepest, let found = find(inode, in: file, isInput, depth: depth + 1) { return found }
            } else if isInput(name), Inode(status) == inode {
                return file
            }
        }
        return nil
    }
}
