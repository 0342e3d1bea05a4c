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
        let words = text.lowercased().split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," }).map(String.init)
        let numbers = words.dropFirst().map { Int($0) }
        guard let form = words.first, !numbers.contains(nil) else { return nil }
        let given = numbers.compactMap(\.self)
        switch (form, given.count) {
        case ("fire", 1...2): self = .fire(squeeze: given[0], ones: given.count > 1 ? given[1] : layer.outputCount / 2)
        case ("separable", 0...1): self = .separable(multiplier: given.first ?? 1)
        case ("pointwise", 0), ("1x1", 0): self = .pointwise
        default: return nil
        }
    }
}
