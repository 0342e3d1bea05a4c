import Foundation

/// The themes that can be had: `*.yaml` of the folders of a search path, the first folder that has a name wins, and the one compiled in.
public struct ThemeLibrary: Sendable {
    /// A theme that can be loaded.
    public struct Entry: Hashable, Sendable {
        public var name: String
        /// Nil is compiled in.
        public var path: String?
    }

    /// By name: first those that come with Pare, then the user's own in the order of the alphabet.
    public let entries: [Entry]

    /// Lists the folders; those that do not exist are passed over. Nothing is read yet.
    public init(searchPath: [String]) {
        var found: [String: String] = [:]
        for folder in searchPath {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasSuffix(".yaml") && !file.hasPrefix(".") {
                let name = String(file.dropLast(".yaml".count))
                if found[name] == nil { found[name] = folder + "/" + file }
            }
        }
        var entries = found.map { Entry(name: $0.key, path: $0.value) }
        if found[Theme.builtIn.name] == nil { entries.append(Entry(name: Theme.builtIn.name, path: nil)) }
        self.entries = entries.sorted { Self.rank($0.name) < Self.rank($1.name) }
    }

    public var names: [String] { entries.map(\.name) }

    private static let shipped = ["dark", "light", "high-contrast", "deuteranopia", "tritanopia", "mono", "terminal-16"]

    private static func rank(_ name: String) -> (Int, String) { (shipped.firstIndex(of: name) ?? shipped.count, name) }

    /// The theme of a name and what was passed over in its file; the one compiled in where there is none or it can't be used.
    public func load(_ name: String) -> (theme: Theme, problems: [ThemeProblem]) {
        guard let entry = entries.first(where: { $0.name == name }) else {
            return (.builtIn, [ThemeProblem(file: name, fact: .notFound(name, existing: names))])
        }
        guard let path = entry.path else { return (.builtIn, []) }
        do {
            return try ThemeReader.read(Self.bytes(of: path), name: name, file: path)
        } catch {
            return (.builtIn, [ThemeProblem(file: path, fact: .unusable(error))])
        }
    }

    /// At most one byte more than the limit is read.
    private static func bytes(of path: String) throws(ThemeError) -> [UInt8] {
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        // A pipe would keep the program waiting.
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let handle = FileHandle(forReadingAtPath: path) else {
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
