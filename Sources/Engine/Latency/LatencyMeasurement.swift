import Compression
import Foundation
import Kernels
import Networks

/// Times layers one after another, each distinct work once, and then their network whole; a run a step.
///
/// After three warm-ups the shortest of seven runs counts that nobody disturbed; where 200 runs do not give so many, the work stays without a time.
public final class LatencyMeasurement {
    /// What is timed: a work, or nil for the network itself.
    private struct Target {
        let work: LayerWork?
        let option = LatencyOption.float32
    }

    public private(set) var table: LatencyTable
    private let network: Network
    private let networkKey: String
    private var open: [Target]
    private var timer: KernelTimer?
    private var warmUps = 0
    private var times: [Double] = []
    private var tries = 0
    /// Works that others disturbed too often, or that can't be run.
    public private(set) var missed = 0
    public let total: Int

    /// Undisturbed runs that are wanted, and runs after which no more are tried.
    static let wanted = 7
    static let most = 200

    /// What is in `known` already is not timed again. Throws where shapes do not fit.
    public init(_ network: Network, known: LatencyTable) throws(ShapeError) {
        self.network = network
        table = known
        networkKey = try network.timingKey()
        let works = try network.works()
        var seen = Set<LayerWork>()
        open = network.layers.compactMap { works[$0.weight] }.filter { known.measured($0) == nil && seen.insert($0).inserted }
            .map { Target(work: $0) }
        if known.measured(network: networkKey) == nil, network.unsupportedNodes.isEmpty { open.append(Target(work: nil)) }
        total = open.count
        open.reverse()
    }

    public var done: Int { total - open.count }

    /// How long the next step takes, as far as that is known.
    public var nextSeconds: Double { timer.map { max(KernelTimer.least, $0.expected) } ?? 0 }

    /// Builds kernels, or does one run; false when everything is timed.
    public func step() -> Bool {
        guard let target = open.last else { return false }
        do throws(KernelError) {
            guard let timer else {
                timer = try KernelTimer(target.work?.network ?? network, batchSize: table.device.batch)
                (warmUps, times, tries) = (0, [], 0)
                return true
            }
            let run = try timer.run()
            if warmUps < 3 {
                warmUps += 1
                return true
            }
            tries += 1
            if !run.isDisturbed, run.seconds * Double(run.passes) >= KernelTimer.least { times.append(run.seconds) }
            if times.count < Self.wanted, tries < Self.most { return true }
            if times.count == Self.wanted, let least = times.min() { take(1_000 * least, of: target) } else { missed += 1 }
        } catch {
            missed += 1
        }
        open.removeLast()
        timer = nil
        return !open.isEmpty
    }

    private func take(_ milliseconds: Double, of target: Target) {
        guard let work = target.work else { return table.set(milliseconds, ofNetwork: networkKey) }
        table.set(milliseconds, of: work, target.option)
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
