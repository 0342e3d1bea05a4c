import Compression
import Files
import Formats
import Foundation

/// The files that a command is going to write, looked at before it begins: better before a long training than after it.
enum Outputs {
    /// Throws with code 64 where the file is one that is read, and with 73 where it can't be written.
    ///
    /// - Parameter isOwn: A file that the command may read and replace.
    static func check(
        _ path: String?, model: OpenedModel, teachers: [Teacher] = [], isOwn: Bool = false
    ) throws(CommandFailure) {
        guard let path else { return }
        if Inode(path: path) != nil {
            if model.generated == nil { model.loader.noteFiles() }
            for case .file(let teacher) in teachers { ReadFiles.note(path: teacher) }
        }
        try check(path, isOwn: isOwn)
        if OutputFile.isStandardOutput(path) { Standard.divertText() }
    }

    /// The same for a network with its card beside it.
    static func check(network path: String?, model: OpenedModel, teachers: [Teacher] = []) throws(CommandFailure) {
        guard let path else { return }
        try check(path, model: model, teachers: teachers)
        try checkCard(of: path)
    }

    static func check(_ path: String, isOwn: Bool = false) throws(CommandFailure) {
        do throws(OutputError) { try OutputFile.check(path, isOwn: isOwn) } catch { throw CommandFailure(error) }
    }

    /// The card takes the network's name with the ending `json`, which must be another file.
    static func checkCard(of path: String) throws(CommandFailure) {
        guard let card = card(of: path) else { return }
        guard card != URL(fileURLWithPath: path).path else {
            throw CommandFailure("\(path) can't be written: the model card beside it takes that name. Choose another ending.", .usage)
        }
        try check(card)
    }

    /// Whether two outputs, there already or not, would be one file.
    static func isSame(_ first: String, _ second: String) -> Bool {
        if let inode = Inode(path: first) { return inode == Inode(path: second) }
        let paths = [first, second].map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        return paths[0] == paths[1]
    }

    /// Where the card of a network goes; nil where the network goes to a device, a pipe or stdout.
    static func card(of path: String) -> String? {
        OutputFile.isFile(path) ? ModelCardReader.path(besides: path) : nil
    }
}
