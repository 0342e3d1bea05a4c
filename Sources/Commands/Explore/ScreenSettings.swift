import Files
import Foundation

/// What the screen remembers between two starts: the theme that was chosen. The user's own files are never written.
///
/// The file has the theme's name and the word `chosen`: files without it name `dark` also where nobody chose.
struct ScreenSettings {
    private let file: URL
    private(set) var theme: String?

    init(folder: URL) {
        file = folder.appendingPathComponent("theme")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
        let words = text.split(whereSeparator: \.isNewline).map(String.init)
        guard let name = words.first, !name.isEmpty, name.count <= 100, words.dropFirst().first == Self.mark || name != "dark" else {
            return
        }
        theme = name
    }

    private static let mark = "chosen"

    /// Keeps the theme; that it can't be kept is no reason to disturb the user.
    mutating func remember(theme: String) {
        guard theme != self.theme else { return }
        self.theme = theme
        try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? OutputFile.write([Data((theme + "\n" + Self.mark + "\n").utf8)], to: file.path, isOwn: true)
    }
}
