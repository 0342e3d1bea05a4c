import Networks

/// Plain channel SVD is written as early sessions have it, by its amount alone; what is more has keys that they lack, so that it is not taken for less.
extension LowRank: Codable {
    private enum Key: String, CodingKey { case amount, method, weighting, outputs }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard container.contains(.amount) else {
            self.init(try Amount(from: decoder))
            return
        }
        self.init(
            try container.decode(Amount.self, forKey: .amount),
            method: try container.decodeIfPresent(FactorMethod.self, forKey: .method) ?? .channel,
            weighting: try container.decodeIfPresent(Weighting.self, forKey: .weighting) ?? .plain,
            outputs: try container.decodeIfPresent(Amount.self, forKey: .outputs))
    }

    public func encode(to encoder: any Encoder) throws {
        if self == LowRank(amount) { return try amount.encode(to: encoder) }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(amount, forKey: .amount)
        try container.encode(method, forKey: .method)
        try container.encode(weighting, forKey: .weighting)
        try container.encodeIfPresent(outputs, forKey: .outputs)
    }
}
