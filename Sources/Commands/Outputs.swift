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
        noteInputs(of: model, teachers: teachers, before: path)
        try check(path, isOwn: isOwn)
        if OutputFile.isStandardOutput(path) { Standard.divertText() }
    }

    /// The same for a network with its card beside it.
    static func check(network path: String?, model: OpenedModel, teachers: [Teacher] = []) throws(CommandFailure) {
        guard let path else { return }
        try check(path, model: model, teachers: teachers)
        if let card = card(of: path) { noteInputs(of: model, teachers: teachers, before: card) }
        try checkCard(of: path)
    }

    /// What is read later counts as read where there is something in an output's place.
    private static func noteInputs(of model: OpenedModel, teachers: [Teacher], before path: String) {
        guard Inode(path: path) != nil else { return }
        if model.generated == nil { model.loader.noteFiles() }
        for case .file(let teacher) in teachers { ReadFiles.note(path: teacher) }
    }

    static func check(_ path: String, isOwn: Bool = false) throws(CommandFailure) {
        do throws(OutputError) { try OutputFile.check(path, isOwn: isOwn) } catch { throw CommandFailure(error) }
    }

    /// The card takes the network's name with the ending `json`: that must be another file, and what stands there already a card.
    static func checkCard(of path: String) throws(CommandFailure) {
        guard let card = card(of: path) else { return }
        guard card != URL(fileURLWithPath: path).path else {
            throw CommandFailure("\(path) can't be written: the model card beside it takes that name. Choose another ending.", .usage)
        }
        try check(card)
        try checkReplaced(card, of: path)
    }

    /// A card takes the place of a card and of nothing else, for nobody has named that file. A device or pipe is no place for one either.
    private static func checkReplaced(_ card: String, of path: String) throws(CommandFailure) {
        guard FileManager.default.fileExists(atPath: card) else { return }
        defer { ReadFiles.forget(path: card) }
        do throws(FormatError) { _ = try ModelCardReader.read(card) } catch {
            throw CommandFailure(
                "\(path) can't be written: its model card goes to \(card), and what is there is no model card and would be lost. "
                    + "Choose another name, or rename or remove \(card).", .usage)
        }
    }

    /// The first of `path`, `path-2`, `path-3`… (before the ending) where neither a file nor a card is: for what nobody named.
    static func free(_ path: String) -> String {
        let (stem, ending) = ((path as NSString).deletingPathExtension, (path as NSString).pathExtension)
        let names = [path].lazy + (2...).lazy.map { "\(stem)-\($0).\(ending)" }
        let isFree = { (name: String) in
            ![name, ModelCardReader.path(besides: name)].contains(where: FileManager.default.fileExists(atPath:))
        }
        return names.first(where: isFree) ?? path
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
