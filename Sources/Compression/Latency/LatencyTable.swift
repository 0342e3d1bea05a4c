import Networks

/// A time, and how it is known.
public struct Latency: Codable, Hashable, Sendable {
    /// Of one batch.
    public var milliseconds: Double
    /// Whether it was not measured but read off a fitted staircase: to be marked `~`.
    public var isEstimate: Bool

    public init(_ milliseconds: Double, isEstimate: Bool = false) { (self.milliseconds, self.isEstimate) = (milliseconds, isEstimate) }

    /// One after the other: estimated where one of them is.
    public static func + (first: Latency, second: Latency) -> Latency {
        Latency(first.milliseconds + second.milliseconds, isEstimate: first.isEstimate || second.isEstimate)
    }
}

/// What times depend on beside the work.
public struct LatencyDevice: Codable, Hashable, Sendable {
    /// The processor, or the name of another device.
    public var name: String
    /// `AVX-512`; empty of another device.
    public var instructionSet: String
    public var threads: Int
    public var batch: Int
    /// `oneDNN 2.6.3`; empty of another device.
    public var kernels: String

    public init(name: String, instructionSet: String = "", threads: Int = 0, batch: Int, kernels: String = "") {
        (self.name, self.instructionSet, self.threads) = (name, instructionSet, threads)
        (self.batch, self.kernels) = (batch, kernels)
    }

    /// Whether it is the machine that Pare runs on, where what is missing can be measured.
    public var isLocal: Bool { !kernels.isEmpty }

    /// `AMD EPYC 9654, AVX-512, 2 threads, batch 16`.
    public var words: String {
        let parts = [
            name, instructionSet, threads > 0 ? "\(threads) thread\(threads == 1 ? "" : "s")" : "", batch > 0 ? "batch \(batch)" : "",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

/// What of a network was timed.
public enum LatencyPart: String, Hashable, Sendable {
    case whole
    /// All that is no layer.
    case others
    /// The whole as the evaluator runs it: by lists of the weights that are left where that is faster.
    case lists
}

/// Milliseconds of layers and networks on one device, as they were measured: the shortest of at least seven undisturbed runs of at least 5 ms.
///
/// A cost function: layer × option → ms?, see ``latency(of:_:)``.
public struct LatencyTable: Hashable, Sendable {
    public var device: LatencyDevice
    private var works: [LatencyOption: [LayerWork: Double]] = [:]
    /// Whole networks by what their time depends on (`timingKey`).
    private var networks: [String: Double] = [:]

    public init(_ device: LatencyDevice) { self.device = device }

    /// Whether some layer was timed by lists of its weights.
    public var hasLists: Bool { works.keys.contains { if case .lists = $0 { true } else { false } } }

    /// Works that were timed.
    public var count: Int { works.values.reduce(0) { $0 + $1.count } }

    /// Takes a measured time; of two for the same the later one counts.
    public mutating func set(_ milliseconds: Double, of work: LayerWork, _ option: LatencyOption = .float32) {
        works[option, default: [:]][work] = milliseconds
    }

    public mutating func set(_ milliseconds: Double, ofNetwork key: String, _ part: LatencyPart = .whole) {
        networks[Self.key(key, part)] = milliseconds
    }

    private static func key(_ network: String, _ part: LatencyPart) -> String { part == .whole ? network : "\(network) \(part.rawValue)" }

    /// What was measured of just this work.
    public func measured(_ work: LayerWork, _ option: LatencyOption = .float32) -> Double? { works[option]?[work] }

    /// Of a whole network, or a part of it; nil where it was not measured.
    public func measured(network key: String, _ part: LatencyPart = .whole) -> Double? { networks[Self.key(key, part)] }

    /// Milliseconds of a layer by an option: as measured; between two measured widths within one step of 16 outputs along the line through them; else marked as an
    /// estimate: the layer without what is joined to it, where only that was timed; on this machine between two measured widths that are farther apart, and then
    /// by the staircase of its measured layers. Nil where nothing tells. Cost: O(works) where it was not measured.
    public func latency(of work: LayerWork, _ option: LatencyOption = .float32) -> Latency? {
        let work = device.isLocal ? work : work.portable
        if let known = measured(work, option) { return Latency(known) }
        if case .lists(let zeros) = option { return levelled(work, zeros) }
        let others = works[option] ?? [:]
        if let between = Self.interpolated(work, others) { return Latency(between) }
        if let bare = measured(work.bare, option) { return Latency(bare, isEstimate: true) }
        guard device.isLocal else { return nil }
        var step = work
        step.outputs = (work.outputs + 15) / 16 * 16
        let near = others[step] ?? Self.between(step, others, \.outputs) ?? Self.between(work, others, \.inputs)
        return (near ?? Self.fitted(work, others)).map { Latency($0, isEstimate: true) }
    }

    /// By lists: along the line between the nearest levels of the same work.
    private func levelled(_ work: LayerWork, _ zeros: Int) -> Latency? {
        var (low, high): ((zeros: Int, time: Double)?, (zeros: Int, time: Double)?)
        for (option, times) in works {
            guard case .lists(let level) = option, let time = times[work] else { continue }
            if level < zeros, level > low?.zeros ?? -1 { low = (level, time) }
            if level > zeros, level < high?.zeros ?? .max { high = (level, time) }
        }
        guard let low, let high else { return nil }
        let part = Double(zeros - low.zeros) / Double(high.zeros - low.zeros)
        return Latency(low.time + part * (high.time - low.time), isEstimate: true)
    }

    private static func interpolated(_ work: LayerWork, _ others: [LayerWork: Double]) -> Double? {
        between(work, others.filter { ($0.key.outputs + 15) / 16 == (work.outputs + 15) / 16 }, \.outputs)
    }

    /// Along the line through the next measured widths on both sides, of works that differ in the width alone.
    private static func between(
        _ work: LayerWork, _ others: [LayerWork: Double], _ width: WritableKeyPath<LayerWork, Int>
    ) -> Double? {
        var (low, high): ((width: Int, time: Double)?, (width: Int, time: Double)?)
        let wanted = work[keyPath: width]
        for (other, time) in others {
            var same = other
            same[keyPath: width] = wanted
            guard same == work else { continue }
            let found = other[keyPath: width]
            if found < wanted, found > low?.width ?? 0 { low = (found, time) }
            if found > wanted, found < high?.width ?? .max { high = (found, time) }
        }
        guard let low, let high else { return nil }
        return low.time + Double(wanted - low.width) / Double(high.width - low.width) * (high.time - low.time)
    }

    /// Padded multiply-adds times what one took in the measured layer of the same kind that is nearest in size.
    private static func fitted(_ work: LayerWork, _ others: [LayerWork: Double]) -> Double? {
        let size = Double(max(1, work.paddedMultiplyAdds))
        func distance(_ other: LayerWork) -> Double {
            let ratio = Double(max(1, other.paddedMultiplyAdds)) / size
            return max(ratio, 1 / ratio)
        }
        let alike = others.filter { $0.key.isLike(work) }
        let nearest = alike.min { (distance($0.key), $0.key.key) < (distance($1.key), $1.key.key) }
        return nearest.map { $0.value * size / Double(max(1, $0.key.paddedMultiplyAdds)) }
    }
}

extension LatencyTable: Codable {
    private enum Field: String, CodingKey {
        case device, works, networks, version
    }

    /// 2: layers with what is joined to them, as they lie in a network. Times of the first are of another thing.
    private static let version = 2

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Field.self)
        self.init(try container.decode(LatencyDevice.self, forKey: .device))
        networks = try container.decode([String: Double].self, forKey: .networks)
        guard try container.decodeIfPresent(Int.self, forKey: .version) == Self.version else { return }
        // A key that a later version writes is left out.
        for (key, time) in try container.decode([String: Double].self, forKey: .works) { _ = set(time, key: key) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Field.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(device, forKey: .device)
        try container.encode(networks, forKey: .networks)
        let all = works.flatMap { option, times in times.map { (Self.key($0.key, option), $0.value) } }
        try container.encode(Dictionary(all) { first, _ in first }, forKey: .works)
    }

    /// `float32 dense in=800 out=500 rows=1`: what files and other devices call a work by an option.
    public static func key(_ work: LayerWork, _ option: LatencyOption) -> String { "\(option.word) \(work.key)" }

    /// Takes a time under its key; false where that names no work.
    mutating func set(_ milliseconds: Double, key: String) -> Bool {
        guard let blank = key.firstIndex(of: " "), let option = LatencyOption(word: String(key[..<blank])),
            let work = LayerWork(key: String(key[key.index(after: blank)...]))
        else { return false }
        set(milliseconds, of: work, option)
        return true
    }
}

extension LayerWork {
    /// Whether one kernel does both: a product, or a convolution of the same kernel and stride, depthwise or not.
    fileprivate func isLike(_ other: LayerWork) -> Bool {
        switch (form, other.form) {
        case (.product, .product): true
        case (.convolution(_, let one), .convolution(_, let two)):
            one.kernel == two.kernel && one.strides == two.strides && (one.groups > 1) == (two.groups > 1)
        default: false
        }
    }
}
