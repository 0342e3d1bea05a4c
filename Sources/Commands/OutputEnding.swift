import Files

/// The ending of an output's name, which says what is written.
enum OutputEnding {
    /// Throws with code 64 where a name ends otherwise; one without an ending, and what is no file, say nothing else.
    static func check(_ path: String?, among endings: [String]) throws(CommandFailure) {
        guard let path, OutputFile.isFile(path) else { return }
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard name.contains("."), !endings.contains(where: { name.hasSuffix($0) && name != $0 }) else { return }
        throw CommandFailure("\(path) must end in \(endings.joined(separator: " or ")): the ending says what is written.", .usage)
    }
}
