import Foundation

/// The themes that can be had: `*.yaml` of the folders of a search path, the first folder that has a name wins, the one compiled in, and
/// the one that follows the terminal.
public struct ThemeLibrary: Sendable {
    /// A theme that can be loaded.
    public struct Entry: Hashable, Sendable {
        public var name: String
        /// Nil is compiled in, or chosen by the background.
        public var path: String?
    }

    /// By name: first those that come with Pare, then the user's own in the order of the alphabet.
    public let entries: [Entry]
    /// What has a theme's name in the folders and is no regular file, nor a link to one: no theme, and never opened.
    public let passedOver: [String]

    /// Lists the folders; those that do not exist are passed over. Nothing is read yet.
    public init(searchPath: [String]) {
        var found: [String: String] = [:]
        var passedOver: [String] = []
        for folder in searchPath {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasSuffix(".yaml") && !file.hasPrefix(".") {
                let name = String(file.dropLast(".yaml".count))
                guard Self.isRegular(folder + "/" + file) else {
                    passedOver.append(folder + "/" + file)
                    continue
                }
                if found[name] == nil { found[name] = folder + "/" + file }
            }
        }
        var entries = found.map { Entry(name: $0.key, path: $0.value) }
        for name in [Self.automatic, Theme.builtIn.name] where found[name] == nil { entries.append(Entry(name: name, path: nil)) }
        self.passedOver = passedOver.sorted()
        self.entries = entries.sorted { Self.rank($0.name) < Self.rank($1.name) }
    }

    public var names: [String] { entries.map(\.name) }

    /// The name of the theme that follows the terminal's background: `dark`, `light`, or `neutral` where it is not known.
    public static let automatic = "auto"

    private static let shipped = [
        automatic, "dark", "light", "neutral", "high-contrast", "deuteranopia", "tritanopia", "mono", "terminal-16",
    ]

    private static func rank(_ name: String) -> (Int, String) { (shipped.firstIndex(of: name) ?? shipped.count, name) }

    /// The theme of a name and what was passed over in its file; where there is none or it can't be used, the one that follows the background.
    public func load(_ name: String, on background: TerminalBackground = .unknown) -> (theme: Theme, problems: [ThemeProblem]) {
        guard let entry = entries.first(where: { $0.name == name }) else {
            return (fitting(background), [ThemeProblem(file: name, fact: .notFound(name, existing: names))])
        }
        guard let path = entry.path else { return (name == Self.automatic ? fitting(background) : .builtIn, []) }
        do {
            return try ThemeReader.read(Self.bytes(of: path), name: name, file: path)
        } catch {
            return (fitting(background), [ThemeProblem(file: path, fact: .unusable(error))])
        }
    }

    /// The theme for a background; the one compiled in, which is readable on all, where it is not known or its file is missing or damaged.
    private func fitting(_ background: TerminalBackground) -> Theme {
        guard background != .unknown, let path = entries.first(where: { $0.name == background.rawValue })?.path,
            let read = try? ThemeReader.read(Self.bytes(of: path), name: background.rawValue, file: path)
        else { return .builtIn }
        return read.theme
    }

    /// A pipe would keep the program waiting, a device might never end. Links are followed.
    private static func isRegular(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// At most one byte more than the limit is read.
    private static func bytes(of path: String) throws(ThemeError) -> [UInt8] {
        guard isRegular(path), let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path)
        }
        defer { try? handle.close() }
        do {
            return [UInt8](try handle.read(upToCount: ThemeReader.byteLimit + 1) ?? Data())
        } catch {
            throw .unreadable(path: path)
        }
    }
}
