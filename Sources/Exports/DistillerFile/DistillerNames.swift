import Compression
import Foundation
import Networks

/// Finds what Distiller's names mean in a network: pruners name parameters, quantizers modules by regular expressions.
struct DistillerNames {
    let layers: [Layer]

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
        guard pattern.count <= Self.longestPattern, let expression = try? NSRegularExpression(pattern: "^(?:\(pattern))$") else {
            return nil
        }
        return layers.filter { layer in
            [layer.name, "module.\(layer.name)"].contains { name in
                expression.firstMatch(in: name, range: NSRange(name.startIndex..., in: name)) != nil
            }
        }
    }

    private static func withoutPrefix(_ name: String) -> String { name.hasPrefix("module.") ? String(name.dropFirst(7)) : name }
}
