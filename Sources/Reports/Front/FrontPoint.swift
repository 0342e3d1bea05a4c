import Compression
import Foundation
import Networks
import Tensors

/// What points must have in common to be held against each other: points of other networks, splits, counts or measures are never mixed.
public struct FrontGroup: Codable, Hashable, Sendable {
    /// SHA-256 of the network as it was opened, or its name where it has none.
    public var network: String
    public var split: DatasetSplit
    /// SHA-256 of the examples, or their name.
    public var data: String
    /// Examples that were measured, all of the split or of its part.
    public var count: Int
    /// `accuracy`, `agreement`, `cosine` or another measure.
    public var measure: String
    /// Half of the split, the one that choices are made on or the one that confirms them; nil for all of it.
    public var part: ExamplePart?

    public init(network: String, split: DatasetSplit, data: String, count: Int, measure: String, part: ExamplePart? = nil) {
        (self.network, self.split, self.data, self.count) = (network, split, data, count)
        (self.measure, self.part) = (measure, part)
    }

    /// `validation`, `choose of validation`.
    public var words: String { (part.map { "\($0.rawValue) of " } ?? "") + split.rawValue }
}

/// Measured figures of a plan on a base: exact on every example of their group, with the exact bytes of the file.
public struct FrontPoint: Codable, Hashable, Sendable, Identifiable {
    public var group: FrontGroup
    /// The figure, the larger the better, and the original's on the same examples.
    public var value: Double
    public var original: Double
    /// Answers that only the plan's network has right, and only the original.
    public var gains: Int
    public var losses: Int
    /// 95 % of the difference on other examples like these; nil where there is no such interval.
    public var beyond: Interval?
    /// Of the whole file.
    public var bytes: Int
    /// 4 · parameters of the network as it was opened.
    public var originalBytes: Int
    /// Of one example.
    public var multiplyAdds: Int?
    public var milliseconds: Double?
    public var plan: CompressionPlan
    /// The trained state that the plan applies to; nil is the network as opened.
    public var state: String?
    /// What somebody called it.
    public var name: String?
    /// Milliseconds since 1970.
    public var created: Int64
    /// Among how many measured plans a search chose it on these examples; nil where it was not chosen by them.
    public var chosenAmong: Int?
    /// SHA-256 of group, state, and what the plan does to the network: the same plan measured again is the same point, whatever it says of distillation.
    public let id: String

    /// - Parameter plan: Of every layer (``CompressionPlan/init(resolved:)``), so that equal plans are equal points.
    public init(
        group: FrontGroup, value: Double, original: Double, gains: Int, losses: Int, bytes: Int, originalBytes: Int, plan: CompressionPlan,
        state: String? = nil, name: String? = nil, created: Int64
    ) throws {
        (self.group, self.value, self.original, self.gains, self.losses) = (group, value, original, gains, losses)
        (self.bytes, self.originalBytes, self.plan, self.state) = (bytes, originalBytes, plan, state)
        (self.name, self.created) = (name, created)
        id = try Self.hash(group, state, plan)
    }

    private static func hash(_ group: FrontGroup, _ state: String?, _ plan: CompressionPlan) throws -> String {
        struct Key: Encodable {
            var group: FrontGroup
            var state: String?
            var layers: [CompressionPlan.Entry]
            var sums: ActivationQuantization?
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var hash = SHA256()
        try encoder.encode(Key(group: group, state: state, layers: changed(plan), sums: plan.sums)).withUnsafeBytes { hash.update($0) }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// What is done to which layer; where all are named, those that stay as they are say nothing, and the order neither.
    private static func changed(_ plan: CompressionPlan) -> [CompressionPlan.Entry] {
        guard plan.layers.allSatisfy({ $0.pattern.allSatisfy { !"*?[".contains($0) } }) else { return plan.layers }
        return plan.layers.filter { $0.plan != .unchanged }.sorted { $0.pattern < $1.pattern }
    }

    /// Plan − original.
    public var difference: Double { value - original }

    /// Original bytes over the file's.
    public var factor: Double { bytes > 0 ? Double(originalBytes) / Double(bytes) : 0 }

    /// Whether a 95 % interval of the paired difference to another point leaves out 0 for certain.
    ///
    /// How many answers differ between two plans is not kept; at most all that either changed do, so an interval as if they all did is never too narrow.
    public func isSeparable(from other: FrontPoint) -> Bool {
        let changed = gains + losses + other.gains + other.losses
        let net = (gains - losses) - (other.gains - other.losses)
        guard group == other.group, changed > 0, net != 0, group.count > 0 else { return false }
        let (up, down) = ((changed + net) / 2, (changed - net) / 2)
        let interval = Interval.pairedDifference(gains: up, losses: down, of: max(group.count, up + down))
        return interval.low > 0 || interval.high < 0
    }
}

extension FrontPoint {
    /// What a report measured; nil unless every example and the bytes of the file are exact.
    public init?(_ report: Report, state: String? = nil, name: String? = nil, part: ExamplePart? = nil, created: Int64) {
        guard let accuracy = report.accuracy, accuracy.isExact, accuracy.count > 0, let bytes = report.fileBytes,
            let data = report.data, accuracy.current.isFinite
        else { return nil }
        let group = FrontGroup(
            network: report.network.sha256 ?? report.network.name, split: accuracy.split, data: data.sha256 ?? data.name,
            count: accuracy.count, measure: accuracy.figureName, part: part)
        let point = try? FrontPoint(
            group: group, value: accuracy.current, original: accuracy.original, gains: accuracy.gains, losses: accuracy.losses,
            bytes: bytes, originalBytes: report.bytes.stored ?? report.bytes.original, plan: report.plan, state: state, name: name,
            created: created)
        guard var point else { return nil }
        point.beyond = accuracy.verdict()?.interval
        point.milliseconds = report.latency?.whole
        self = point
    }
}
