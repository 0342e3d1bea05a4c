import Compression
import Foundation
import Networks

/// Finds what Distiller's names mean in a network: pruners name parameters, quantizers modules by regular expressions.
struct DistillerNames {
    let layers: [Layer]
    /// The names of all modules, also of those without weights.
    let modules: Set<String>

    static let longestPattern = 300

    /// The weight of a parameter's name, also where DataParallel has put `module.` into it.
    func weight(_ name: String) -> String? {
        let inner = name.replacingOccurrences(of: ".module.", with: ".")
        let candidates = [name, inner, Self.withoutPrefix(name), Self.withoutPrefix(inner)]
        return candidates.lazy.compactMap { name in layers.first { $0.weight == name }?.weight }.first
    }

    /// Weights that are near a name, nearest first.
    func near(_ name: String) -> [String] { NearNames.of(Self.withoutPrefix(name), among: layers.map(\.weight)) }

    func nearModules(_ pattern: String) -> [String] { NearNames.of(Self.withoutPrefix(pattern), among: layers.map(\.name)) }

    /// The layers whose whole module name the pattern matches, with or without `module.`; nil where it is no regular expression.
    func modules(matching pattern: String) -> [Layer]? {
        Self.expression(pattern).map { expression in layers.filter { Self.matches($0.name, expression) } }
    }

    /// Whether it matches any module, or one that a Sequential may have beside those that are known, as it numbers them.
    func hasModule(matching pattern: String) -> Bool {
        guard let expression = Self.expression(pattern) else { return false }
        return modules.contains { Self.matches($0, expression) } || numbered.contains { Self.matches($0, expression) }
    }

    /// `features.0`, `features.1`, … up to the highest number that a module has there.
    private var numbered: [String] {
        var highest: [Substring: Int] = [:]
        for name in modules.union(layers.map(\.name)) {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() where index > 0 {
                guard let number = Int(part), (0...10_000).contains(number) else { continue }
                let parent = name[..<(part.startIndex)].dropLast()
                highest[parent] = max(highest[parent] ?? 0, number)
            }
        }
        return highest.flatMap { parent, number in (0...number).map { "\(parent).\($0)" } }
    }

    private static func expression(_ pattern: String) -> NSRegularExpression? {
        guard pattern.count <= longestPattern else { return nil }
        return try? NSRegularExpression(pattern: "^(?:\(pattern))$")
    }

    private static func matches(_ name: String, _ expression: NSRegularExpression) -> Bool {
        [name, "module.\(name)"].contains { expression.firstMatch(in: $0, range: NSRange($0.startIndex..., in: $0)) != nil }
    }

    private static func withoutPrefix(_ name: String) -> String { name.hasPrefix("module.") ? String(name.dropFirst(7)) : name }
}
