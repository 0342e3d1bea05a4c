import Compression
import Foundation
import Kernels
import Networks

/// Times the layers of a network and all that is no layer, each distinct work once, then other works alone, then the network whole; a run a step.
///
/// What is in the network is timed in it, all stages at once by a clock between them: with what is joined to each, on what the stage before left in its
/// layout, with caches as they are then. After three warm-ups the shortest of seven runs counts that nobody disturbed; where 200 runs do not give so many,
/// the work stays without a time.
public final class LatencyMeasurement {
    private enum Target {
        /// All stages of the network.
        case stages
        /// A layer alone.
        case layer(TimedWork)
        case part(LatencyPart)

        /// Whether a processor need not have a kernel for it.
        var isOptional: Bool { if case .layer(let timed) = self { timed.option != .float32 } else { false } }

        var hasStages: Bool { if case .stages = self { true } else { false } }
    }

    public private(set) var table: LatencyTable
    private let network: Network
    private let networkKey: String
    private let listsKey: String
    private let parts: TimedParts
    private var open: [Target]
    private var timer: KernelTimer?
    private var warmUps = 0
    private var times: [Double] = []
    /// The shortest time of each stage.
    private var stageTimes: [Double] = []
    private var tries = 0
    /// Works that others disturbed too often, or that can't be run.
    public private(set) var missed = 0
    public let total: Int

    /// Undisturbed runs that are wanted, and runs after which no more are tried.
    static let wanted = 7
    static let most = 200

    /// What is in `known` already is not timed again. `also` are works that stand in no network yet, or that are computed another way; with
    /// `otherOptions` layers are timed in 8 bits too, those that are mostly zeros by lists, and the network as the evaluator runs it. Throws where
    /// shapes do not fit.
    public init(
        _ network: Network, known: LatencyTable, also: [TimedWork] = [], otherOptions: Bool = false
    ) throws(ShapeError) {
        let (key, parts) = (try network.timingKey(), try TimedParts(network))
        let zeros = otherOptions ? network.listedZeros : [:]
        let standing = network.layers.compactMap { layer in parts.works[layer.weight] }
        var (wanted, open) = (also, [Target]())
        if otherOptions {
            wanted += zeros.sorted { $0.key < $1.key }.compactMap { weight, level in
                parts.works[weight].map { TimedWork($0, .lists(zeros: level)) }
            }
            wanted += standing.map { TimedWork($0, .int8) }
        }
        var table = known
        if parts.others.isEmpty, !parts.places.isEmpty { table.set(0, ofNetwork: key, .others) }
        if parts.places.isEmpty {
            wanted = standing.map { TimedWork($0) } + wanted
        } else if table.measured(network: key, .others) == nil || standing.contains(where: { table.measured($0) == nil }) {
            open.append(.stages)
        }
        var seen = Set(parts.places.isEmpty ? [] : standing.map { TimedWork($0) })
        for timed in wanted where seen.insert(timed).inserted && table.measured(timed.work, timed.option) == nil {
            if case .lists = timed.option, !KernelTimer.hasLists(timed.work, batchSize: known.device.batch) { continue }
            open.append(.layer(timed))
        }
        if network.blockingNodes.isEmpty, table.measured(network: key) == nil { open.append(.part(.whole)) }
        let listsKey = try network.timingKey(zeros: zeros)
        if !zeros.isEmpty, network.blockingNodes.isEmpty, table.measured(network: listsKey, .lists) == nil { open.append(.part(.lists)) }
        (self.network, networkKey, self.listsKey, self.parts, self.table) = (network, key, listsKey, parts, table)
        (self.open, total) = (open.reversed(), open.count)
    }

    public var done: Int { total - open.count }

    /// How long the next step takes, as far as that is known.
    public var nextSeconds: Double { timer.map { max(KernelTimer.least, $0.expected) } ?? 0 }

    /// Builds kernels, or does one run; false when everything is timed.
    public func step() -> Bool {
        guard let target = open.last else { return false }
        do throws(KernelError) {
            guard let timer else {
                timer = try timer(of: target)
                (warmUps, times, stageTimes, tries) = (0, [], [], 0)
                return true
            }
            let run = try timer.run(stagesApart: target.hasStages)
            if warmUps < 3 {
                warmUps += 1
                return true
            }
            tries += 1
            if !run.isDisturbed, run.seconds * Double(run.passes) >= KernelTimer.least {
                times.append(run.seconds)
                stageTimes = stageTimes.isEmpty ? run.stages : zip(stageTimes, run.stages).map { min($0, $1) }
            }
            if times.count < Self.wanted, tries < Self.most { return true }
            if times.count == Self.wanted, let least = times.min() { take(1_000 * least, of: target) } else { missed += 1 }
        } catch {
            if !target.isOptional { missed += 1 }
        }
        open.removeLast()
        timer = nil
        return !open.isEmpty
    }

    private func timer(of target: Target) throws(KernelError) -> KernelTimer {
        let batch = table.device.batch
        switch target {
        case .layer(let timed):
            switch timed.option {
            case .float32: return try KernelTimer(timed.work, batchSize: batch)
            case .lists(let zeros): return try KernelTimer(timed.work, batchSize: batch, zeros: zeros)
            case .int8: return try KernelTimer(bytesOf: timed.work, batchSize: batch)
            }
        case .stages, .part:
            let whole = try KernelTimer(network, batchSize: network.batch(batch))
            if case .part(.lists) = target { try whole.arrange() }
            return whole
        }
    }

    private func take(_ milliseconds: Double, of target: Target) {
        switch target {
        case .layer(let timed): table.set(milliseconds, of: timed.work, timed.option)
        case .part(let part): table.set(milliseconds, ofNetwork: part == .lists ? listsKey : networkKey, part)
        case .stages:
            var found: [LayerWork: Double] = [:]
            for (weight, place) in parts.places {
                guard let work = parts.works[weight] else { continue }
                found[work] = min(found[work] ?? .infinity, 1_000 * stageTimes[place])
            }
            for (work, time) in found { table.set(time, of: work) }
            table.set(parts.others.reduce(0) { $0 + 1_000 * stageTimes[$1] }, ofNetwork: networkKey, .others)
        }
    }
}

extension LatencySum {
    /// Times of what a network is made of, see ``TimedParts``. Throws where shapes do not fit.
    public init(
        of network: Network, in table: LatencyTable, zeros: [String: Int] = [:], owner: (String) -> String? = { $0 }
    ) throws(ShapeError) {
        try self.init(of: network, works: TimedParts(network).works, in: table, zeros: zeros, owner: owner)
    }
}

extension LayerTimes {
    /// What a table knows of a network, see ``TimedParts``. Throws where shapes do not fit.
    public init(_ network: Network, in table: LatencyTable) throws(ShapeError) {
        try self.init(network, works: TimedParts(network).works, in: table)
    }
}

extension LatencyDevice {
    /// This machine with so many threads of the kernels.
    public static func local(threads: Int, batch: Int) -> LatencyDevice {
        LatencyDevice(
            name: Self.processor, instructionSet: KernelLibrary.instructionSet, threads: threads, batch: batch, kernels: KernelLibrary.name)
    }

    /// The processor as the system names it.
    private static let processor: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
        let name = line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
        return name.flatMap { $0.isEmpty ? nil : $0 } ?? "this processor"
    }()
}
