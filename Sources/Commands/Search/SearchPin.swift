import ArgumentParser
import Compression
import Foundation
import Networks

/// What a layer is pinned to, or kept within, as it is typed: `conv1=level 0.4, centroids 8`, `fc*=level 0..0.9`.
struct SearchPin: ExpressibleByArgument {
    /// A name or glob of layers.
    var pattern: String
    var ranges: [String: ClosedRange<Double>] = [:]

    init?(argument: String) {
        let halves = argument.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
        pattern = halves[0]
        for part in halves[1].split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count == 2, let family = Self.family(String(words[0])), let range = Self.range(String(words[1])) else { return nil }
            ranges[family] = range
        }
    }

    /// The family of a word; shared values are called both.
    private static func family(_ word: String) -> String? {
        OptionFamily.named(word == "shared" ? "centroids" : word)?.name
    }

    private static func range(_ text: String) -> ClosedRange<Double>? {
        let ends = text.components(separatedBy: "..").map { Double($0) }
        guard let low = ends[0], low >= 0, ends.count <= 2 else { return nil }
        guard ends.count == 2 else { return low...low }
        guard let high = ends[1], high >= low else { return nil }
        return low...high
    }

    /// Whether it says one value of everything that it names.
    var isSingle: Bool { ranges.values.allSatisfy { $0.lowerBound == $0.upperBound } }

    /// A plan with these values; nil where one is no value that the layer can have.
    func plan(of layer: Layer, from start: LayerPlan) -> LayerPlan? {
        ranges.sorted { $0.key < $1.key }.reduce(LayerPlan?.some(start)) { plan, range in
            plan.flatMap { plan in
                // Shares of zeros need not be among those that are tried.
                if range.key == "level", (0...1).contains(range.value.lowerBound) {
                    var next = plan
                    next.pruning = Pruning(criterion: .level, amount: range.value.lowerBound, deviation: plan.pruning.deviation)
                    return next
                }
                return OptionFamily.named(range.key)?.options(of: layer, from: plan).first { $0.value == range.value.lowerBound }?.plan
            }
        }
    }
}

extension Network {
    /// The layers that a name or glob of an option means. Throws where there is none.
    func layers(named pattern: String, option: String) throws(CommandFailure) -> [Layer] {
        let glob = Glob(pattern)
        let found = layers.filter { layer in [layer.name, layer.weight].contains { $0 == pattern || glob.matches($0) } }
        guard !found.isEmpty else { throw CommandFailure("\(option) \(pattern): no layer has this name. `pare info` lists them.", .usage) }
        return found
    }
}
