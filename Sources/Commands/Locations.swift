import Foundation

/// Where bundled files, the user's sessions, settings and logs lie; `pare --paths` prints it.
public struct Locations: Sendable {
    /// The folder with Models, Themes and Sessions as shipped.
    public var home: URL
    /// Sessions are opened and written here.
    public var sessions: URL
    /// `$XDG_CONFIG_HOME/pare`: themes and keys of the user's own.
    public var configuration: URL
    /// `$XDG_STATE_HOME/pare`: what the program remembers by itself.
    public var state: URL

    /// Reads options and environment; relative XDG values are ignored, as their specification asks.
    ///
    /// Home: the option or `PARE_HOME`, then `share/pare` beside the executable's folder, then the package root above `.build`.
    /// Sessions: the option or `PARE_SESSIONS`, else `Sessions` of the working folder if it exists, else `$XDG_DATA_HOME/pare/sessions`.
    public init(
        home: String? = nil, sessions: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL = Locations.executable, workingFolder: String = FileManager.default.currentDirectoryPath
    ) {
        let user = URL(fileURLWithPath: environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory())
        func base(_ variable: String, _ fallback: String) -> URL {
            if let path = environment[variable], path.hasPrefix("/") { return URL(fileURLWithPath: path) }
            return user.appendingPathComponent(fallback)
        }
        self.home = Self.home(named: home ?? Self.value("PARE_HOME", environment), executable: executable)
        configuration = base("XDG_CONFIG_HOME", ".config").appendingPathComponent("pare")
        state = base("XDG_STATE_HOME", ".local/state").appendingPathComponent("pare")
        let local = URL(fileURLWithPath: workingFolder).appendingPathComponent("Sessions")
        if let named = sessions ?? Self.value("PARE_SESSIONS", environment) {
            self.sessions = URL(fileURLWithPath: named)
        } else if Self.isFolder(local) {
            self.sessions = local
        } else {
            self.sessions = base("XDG_DATA_HOME", ".local/share").appendingPathComponent("pare/sessions")
        }
    }

    public var models: URL { home.appendingPathComponent("Models") }
    public var themes: URL { home.appendingPathComponent("Themes") }
    public var shippedSessions: URL { home.appendingPathComponent("Sessions/Examples") }
    /// Searched in order: the user's themes, then the shipped ones.
    public var themeFolders: [URL] { [configuration.appendingPathComponent("themes"), themes] }

    /// The running program, links resolved.
    public static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    }

    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func home(named: String?, executable: URL) -> URL {
        if let named { return URL(fileURLWithPath: named) }
        let folder = executable.deletingLastPathComponent()
        let shared = folder.deletingLastPathComponent().appendingPathComponent("share/pare")
        if isFolder(shared) { return shared }
        var parent = folder
        while parent.path != "/" {
            if parent.lastPathComponent == ".build" { return parent.deletingLastPathComponent() }
            parent = parent.deletingLastPathComponent()
        }
        return shared
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
