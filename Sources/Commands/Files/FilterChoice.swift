import ArgumentParser
import Compression
import Networks

/// Layers, and how many of their filters go: `conv2:50%`; without an amount those of which as many go as an aim needs.
struct FilterChoice: ExpressibleByArgument {
    let text: String
    let pattern: String
    let request: FilterRequest
    /// Why what stands behind the colon can't be read; nil where it can.
    private(set) var problem: String?

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":") else {
            self.init(argument, pattern: argument, FilterRequest(amount: nil))
            return
        }
        let (pattern, text) = (String(argument[..<colon]), String(argument[argument.index(after: colon)...]))
        do throws(WordProblem) {
            self.init(argument, pattern: pattern, try FilterRequest(reading: text))
        } catch {
            self.init(argument, pattern: pattern, FilterRequest(amount: nil))
            problem = "--filters \(argument): \(error). As in --filters '\(pattern):25% l2'."
        }
        if problem == nil, request.steps != 1 {
            problem = "--filters \(argument): steps are not of a layer; say them by --steps."
        }
    }

    /// All layers.
    static let all = FilterChoice("*", pattern: "*", FilterRequest(amount: nil))

    private init(_ text: String, pattern: String, _ request: FilterRequest) {
        (self.text, self.pattern, self.request) = (text, pattern, request)
    }

    /// Whether it may find layers that nobody named.
    var isPattern: Bool { Glob(pattern).isGlob }

    func names(_ layer: Layer) -> Bool { [layer.name, layer.weight].contains { $0 == pattern || Glob(pattern).matches($0) } }

    func layers(of network: Network) throws(CommandFailure) -> [Layer] {
        let layers = network.layers.filter(names)
        guard !layers.isEmpty else { throw CommandFailure("--filters \(text): no layer has that name. `pare info` lists them.", .usage) }
        return layers
    }
}

/// A part in per cent: `45%`.
struct PercentArgument: ExpressibleByArgument {
    /// In 0…1.
    let share: Double

    init(share: Double) { self.share = share }

    init?(argument: String) {
        guard case .share(let share)? = FilterAmount(argument) else { return nil }
        self.share = share
    }
}

extension FilterCriterion: ExpressibleByArgument {}
extension FilterRanking: ExpressibleByArgument {}
extension FilterUnit: ExpressibleByArgument {}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    /// All words between commas.
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
