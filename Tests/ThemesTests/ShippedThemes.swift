import Foundation
import Frames
import Themes

/// The themes of the repository, loaded as a user's would be.
enum ShippedThemes {
    static let names = ["dark", "light", "neutral", "high-contrast", "deuteranopia", "tritanopia", "mono", "terminal-16"]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Themes").path

    static let library = ThemeLibrary(searchPath: [folder])

    static func theme(_ name: String) -> Theme { library.load(name).theme }
}
