/// In which order the axes of stored images lie.
public enum ImageLayout: String, Codable, Sendable, CaseIterable {
    /// Channels, rows, columns.
    case nchw
    /// Rows, columns, channels.
    case nhwc
}

/// How stored examples become what the network reads, so that a wrong layout, range or normalization is seen.
public struct InputFacts: Codable, Hashable, Sendable {
    /// Where the normalization comes from.
    public enum Origin: String, Codable, Sendable {
        case card = "model card"
        case flags
        case assumed
        /// Stored numbers as they are, for the network's file states that it reads integers.
        case declared = "integers, as the file states"
        /// The card's, but for its scale, which the values have behind them by their range.
        case divided = "assumed divided already"
        /// None, for the values have the card's behind them by their range.
        case normalized = "assumed normalized already"
    }

    /// One example as the network reads it.
    public var shape: [Int]
    /// One example as it is stored, `28×28 uint8` or `PNG and JPEG files`.
    public var stored: String
    /// Nil where examples are no images.
    public var layout: ImageLayout?
    public var normalization: InputNormalization
    public var origin: Origin
    /// What was done to fit the examples to the network: resized, cropped, made grey. Nil for nothing.
    public var fitting: String?
    /// The least and the largest stored value of a sample of examples, and what the network reads of them.
    public var storedLow: Float
    public var storedHigh: Float
    public var low: Float
    public var high: Float
    /// Examples with a value that is a NaN or an infinity; nil where nobody looked.
    public var notFinite: Int?
    /// Of several inputs each one's; then the fields above are of all values as the network reads them.
    public var parts: [Part]?

    /// One of several inputs.
    public struct Part: Codable, Hashable, Sendable {
        public var name: String
        public var facts: InputFacts

        public init(name: String, facts: InputFacts) { (self.name, self.facts) = (name, facts) }
    }

    /// Several inputs together.
    public init?(_ parts: [Part]) {
        guard let first = parts.first else { return nil }
        let (low, high) = parts.reduce((first.facts.low, first.facts.high)) { (min($0.0, $1.facts.low), max($0.1, $1.facts.high)) }
        self.init(
            shape: [parts.reduce(0) { $0 + $1.facts.shape.reduce(1, *) }], stored: "\(parts.count) inputs", layout: nil,
            normalization: InputNormalization(scale: 1), origin: .declared, storedLow: low, storedHigh: high, low: low, high: high)
        self.parts = parts
    }

    public init(
        shape: [Int], stored: String, layout: ImageLayout?, normalization: InputNormalization, origin: Origin, fitting: String? = nil,
        storedLow: Float = 0, storedHigh: Float = 0, low: Float = 0, high: Float = 0
    ) {
        self.shape = shape
        self.stored = stored
        self.layout = layout
        self.normalization = normalization
        self.origin = origin
        self.fitting = fitting
        (self.storedLow, self.storedHigh, self.low, self.high) = (storedLow, storedHigh, low, high)
    }

    /// `3×32×32 from 32×32×3 uint8 NHWC, 0…255 → −1.99…2.13 (· 1/255 − 0.49 / 0.25, assumed)`.
    public var sentence: String {
        if let parts { return parts.map { "\($0.name) \($0.facts.sentence)" }.joined(separator: "; ") }
        let form = ([stored] + [layout?.rawValue.uppercased(), fitting].compactMap { $0 }).joined(separator: ", ")
        let size = shape.map(String.init).joined(separator: "×")
        return
            "\(size) from \(form), \(storedRange) → \(Self.short(low))…\(Self.short(high)) (\(formula))"
    }

    /// What nobody stated and was guessed from the stored values, each with the option that says otherwise.
    public var assumed: [String] {
        if let parts { return parts.flatMap { part in part.facts.assumed.map { "\(part.name): \($0)" } } }
        let normalization = "\(formula): --scale, --mean and --std or a model card say otherwise"
        return [.assumed, .divided, .normalized].contains(origin) ? [normalization] : []
    }

    /// `0…255`.
    public var storedRange: String { "\(Self.short(storedLow))…\(Self.short(storedHigh))" }

    /// `· 1/255 − 0.5 / 0.25, model card`.
    public var formula: String {
        let inverse = normalization.scale == 0 ? 0 : 1 / normalization.scale
        let isWhole = normalization.scale != 1 && abs(inverse - inverse.rounded()) < 1e-3 && inverse.rounded() > 1
        let factor = isWhole ? "1/\(Int(inverse.rounded()))" : Self.short(normalization.scale)
        let parts = [
            normalization.scale == 1 ? nil : "· \(factor)",
            normalization.mean.allSatisfy { $0 == 0 } ? nil : "− " + Self.list(normalization.mean),
            normalization.standardDeviation.allSatisfy { $0 == 1 } ? nil : "/ " + Self.list(normalization.standardDeviation),
        ].compactMap { $0 }
        return (parts.isEmpty ? "as stored" : parts.joined(separator: " ")) + ", \(origin.rawValue)"
    }

    private static func list(_ values: [Float]) -> String {
        values.count == 1 ? short(values[0]) : "(" + values.map(short).joined(separator: " ") + ")"
    }

    /// At most three digits behind the point, none that are 0.
    private static func short(_ value: Float) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        let thousandths = Int((abs(Double(value)) * 1000).rounded())
        var digits = String(thousandths % 1000 + 1000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        let sign = value < 0 && thousandths > 0 ? "−" : ""
        return sign + String(thousandths / 1000) + (digits.isEmpty ? "" : "." + digits)
    }
}
