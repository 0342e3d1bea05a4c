import Networks

extension LayerModule {
    /// As it is typed: `fire 16 32`, `separable 2`, `pointwise`.
    public var word: String {
        switch self {
        case .fire(let squeeze, let ones): "fire \(squeeze) \(ones)"
        case .separable(let multiplier): "separable \(multiplier)"
        case .pointwise: "pointwise"
        }
    }

    /// What may be typed, for help.
    public static let forms = "fire SQUEEZE [ONES], separable [MULTIPLIER] or pointwise"

    /// From what was typed, for a layer; nil where it is none of ``forms``.
    ///
    /// Without a number half of a Fire module's outputs are by 1 × 1, a multiplier is 1.
    public init?(_ text: String, of layer: Layer) {
        do throws(WordProblem) { try self.init(reading: text, of: layer) } catch { return nil }
    }

    /// - Throws: what is wrong with the text.
    public init(reading text: String, of layer: Layer) throws(WordProblem) {
        let words = text.lowercased().split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," }).map(String.init)
        guard let form = words.first, let counts = Self.numberCounts[form] else {
            let known = Self.numberCounts.keys.sorted()
            throw WordProblem(words.first ?? "", isNo: "module", known: known, all: Self.forms)
        }
        var given: [Int] = []
        for word in words.dropFirst() {
            guard let number = Int(word) else { throw WordProblem(word, "is no whole number; there are \(Self.forms)") }
            given.append(number)
        }
        guard counts.contains(given.count) else {
            let few = given.count < counts.lowerBound ? "fewer numbers than it takes" : "more numbers than it takes"
            throw WordProblem(text, "has \(few); there are \(Self.forms)")
        }
        switch form {
        case "fire": self = .fire(squeeze: given[0], ones: given.count > 1 ? given[1] : layer.outputCount / 2)
        case "separable": self = .separable(multiplier: given.first ?? 1)
        default: self = .pointwise
        }
    }

    /// How many numbers stand behind each word.
    private static let numberCounts = ["fire": 1...2, "separable": 0...1, "pointwise": 0...0, "1x1": 0...0]
}
