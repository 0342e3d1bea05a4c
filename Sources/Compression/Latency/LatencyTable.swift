import Networks

/// How a layer's kernel computes.
public enum LatencyOption: String, Codable, Hashable, Sendable, CaseIterable {
    case float32
}

/// A time, and how it is known.
public struct Latency: Codable, Hashable, Sendable {
    /// Of one batch.
    public var milliseconds: Double
    /// Whether it was not measured but read off a fitted staircase: to be marked `~`.
    public var isEstimate: Bool

    public init(_ milliseconds: Double, isEstimate: Bool = false) { (self.milliseconds, self.isEstimate) = (milliseconds, isEstimate) }
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

/// Milliseconds of layers and networks on one device, as they were measured: the shortest of at least seven undisturbed runs of at least 5 ms.
///
/// A cost function: layer × option → ms?, see ``latency(of:_:)``.
public struct LatencyTable: Hashable, Sendable {
    public var device: LatencyDevice
    private var works: [LatencyOption: [LayerWork: Double]] = [:]
    /// Whole networks by what their time depends on (`timingKey`).
    private var networks: [String: Double] = [:]

    public init(_ device: LatencyDevice) { self.device = device }

    /// Works that were timed.
    public var count: Int { works.values.reduce(0) { $0 + $1.count } }

    /// Takes a measured time; of two for the same the later one counts.
    public mutating func set(_ milliseconds: Double, of work: LayerWork, _ option: LatencyOption = .float32) {
        works[option, default: [:]][work] = milliseconds
    }

    public mutating func set(_ milliseconds: Double, ofNetwork key: String) { networks[key] = milliseconds }

    /// What was measured of just this work.
    public func measured(_ work: LayerWork, _ option: LatencyOption = .float32) -> Double? { works[option]?[work] }

    /// Of a whole network; nil where it was not measured.
    public func measured(network key: String) -> Double? { networks[key] }

    /// Milliseconds of a layer by an option: as measured; between two measured widths within one step of 16 outputs along the line through them; else, on this
    /// machine, by the staircase of its measured layers, marked as an estimate. Nil where nothing tells. Cost: O(works) where it was not measured.
    public func latency(of work: LayerWork, _ option: LatencyOption = .float32) -> Latency? {
        if let known = measured(work, option) { return Latency(known) }
        let others = works[option] ?? [:]
        if let between = Self.interpolated(work, others) { return Latency(between) }
        return device.isLocal ? Self.fitted(work, others).map { Latency($0, isEstimate: true) } : nil
    }

    private static func interpolated(_ work: LayerWork, _ others: [LayerWork: Double]) -> Double? {
        var (low, high): ((outputs: Int, time: Double)?, (outputs: Int, time: Double)?)
        for (other, time) in others where (other.outputs + 15) / 16 == (work.outputs + 15) / 16 {
            var same = other
            same.outputs = work.outputs
            guard same == work else { continue }
            if other.outputs < work.outputs, other.outputs > low?.outputs ?? 0 { low = (other.outputs, time) }
            if other.outputs > work.outputs, other.outputs < high?.outputs ?? .max { high = (other.outputs, time) }
        }
        guard let low, let high else { return nil }
        return low.time + Double(work.outputs - low.outputs) / Double(high.outputs - low.outputs) * (high.time - low.time)
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
        case device, works, networks
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Field.self)
        self.init(try container.decode(LatencyDevice.self, forKey: .device))
        networks = try container.decode([String: Double].self, forKey: .networks)
        // A key that a later version writes is left out.
        for (key, time) in try container.decode([String: Double].self, forKey: .works) { _ = set(time, key: key) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Field.self)
        try container.encode(device, forKey: .device)
        try container.encode(networks, forKey: .networks)
        let all = works.flatMap { option, times in times.map { (Self.key($0.key, option), $0.value) } }
        try container.encode(Dictionary(all) { first, _ in first }, forKey: .works)
    }

    /// `float32 dense in=800 out=500 rows=1`: what files and other devices call a work by an option.
    public static func key(_ work: LayerWork, _ option: LatencyOption) -> String { "\(option.rawValue) \(work.key)" }

    /// Takes a time under its key; false where that names no work.
    mutating func set(_ milliseconds: Double, key: String) -> Bool {
        guard let blank = key.firstIndex(of: " "), let option = LatencyOption(rawValue: String(key[..<blank])),
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
