import Files
import Foundation

/// What the screen remembers between two starts: the theme that was chosen. The user's own files are never written.
struct ScreenSettings {
    private let file: URL
    private(set) var theme: String?

    init(folder: URL) {
        file = folder.appendingPathComponent("theme")
        theme = (try? String(contentsOf: file, encoding: .utf8)).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        if theme?.isEmpty == true || (theme?.count ?? 0) > 100 { theme = nil }
    }

    /// Keeps the theme; that it can't be kept is no reason to disturb the user.
    mutating func remember(theme: String) {
        guard theme != self.theme else { return }
        self.theme = theme
        try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? OutputFile.write([Data((theme + "\n").utf8)], to: file.path, isOwn: true)
    }
}
