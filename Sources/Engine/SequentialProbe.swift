import Compression
import Kernels
import Networks

/// Runs a network and the same behind layers that are compressed over calibration examples, and sums up what one layer reads in both. Owned by the lane.
final class SequentialProbe {
    /// One of the two networks on its way through a batch.
    private struct Run {
        let executor: OneDNNExecutor
        var tallies: [InputTally]
        var stage: Int?
        var columns: [[Float]] = []
    }

    private let data: Dataset
    private let key: CalibrationKey
    private let examples: [Int]
    private let layer: Layer
    /// The original, and the other one.
    private var runs: [Run]
    /// Of the readers, x₀ above x.
    private var sums: [InputSums]
    private var counting: Int
    private var done = 0

    init(_ layer: Layer, of network: Network, behind changed: Network, data: Dataset, key: CalibrationKey) throws {
        (self.layer, self.data, self.key) = (layer, data, key)
        let examples = key.indices(of: data.count)
        self.examples = examples
        let nodes = network.index.readers(of: layer.weight)
        runs = try [network, changed].map { network in
            let readers = nodes.map { network.nodes[$0] }
            let probed = try ProbedValues(readers.map { $0.inputs[0] }, of: network, count: examples.count)
            let tallies = try zip(readers, probed.ranges).map { reader, range in
                try probed.tally(of: layer, read: reader, range: range, examples: examples.count)
            }
            return Run(executor: try OneDNNExecutor(network: probed.network, batchSize: probed.batchSize), tallies: tallies)
        }
        let size = InputMoments.size(of: layer)
        let bytes = 4 * InputMoments.byteCount(of: layer)
        guard bytes <= InputMoments.byteLimit else {
            throw InputCalibration.Failure(
                "the moments of what \(layer.name) reads with and without the layers before it would take \(bytes >> 20) MiB, more than "
                    + "\(InputMoments.byteLimit >> 20) MiB")
        }
        sums = nodes.map { _ in InputSums(groups: layer.groups, size: 2 * size) }
        counting = nodes.count
    }

    /// A short piece of work; false when all is counted.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        repeat {
            if counting < sums.count {
                if !sums[counting].step() { counting += 1 }
            } else if done == examples.count {
                return false
            } else if let next = runs.indices.first(where: { runs[$0].columns.isEmpty }) {
                try advance(next)
            } else {
                take()
            }
        } while ContinuousClock.now < end
        return true
    }

    /// A stage of one network, or what the layer reads behind the last one.
    private func advance(_ place: Int) throws(KernelError) {
        let executor = runs[place].executor
        guard let stage = runs[place].stage else {
            try executor.take(examples[done..<done + executor.batchSize], of: data)
            return runs[place].stage = 0
        }
        guard stage < executor.stages.count else {
            try executor.withLogits { values in
                for reader in runs[place].tallies.indices {
                    let columns = runs[place].tallies[reader].columns(values, examples: executor.batchSize, rowLength: executor.classCount)
                    runs[place].columns.append(columns)
                }
            }
            return runs[place].stage = nil
        }
        try executor.run(stage: stage)
        runs[place].stage = stage + 1
    }

    /// Counts a batch that both networks have run, group by group x₀ above x.
    private func take() {
        for reader in sums.indices {
            let (first, second) = (runs[0].columns[reader], runs[1].columns[reader])
            let length = first.count / layer.groups
            var block: [Float] = []
            for start in stride(from: 0, to: first.count, by: length) {
                block += first[start..<start + length]
                block += second[start..<start + length]
            }
            sums[reader].take(block)
        }
        done += runs[0].executor.batchSize
        counting = 0
        for place in runs.indices { runs[place].columns = [] }
    }

    /// What was counted.
    var moments: InputMoments {
        let halves = sums.map(\.halves)
        func sum(_ values: [[Double]]) -> [Double] { values.dropFirst().reduce(values.first ?? []) { zip($0, $1).map(+) } }
        return InputMoments(
            key: key, examples: examples.count, columns: sums.reduce(0) { $0 + $1.columns }, size: InputMoments.size(of: layer),
            groups: layer.groups, sums: sum(halves.map(\.own)), crossSums: sum(halves.map(\.cross)))
    }
}

/// Moments of layers behind others that are compressed, the last of each layer. Owned by the lane.
final class SequentialCalibration {
    private let network: Network
    private let key: CalibrationKey
    private var known: [String: (before: [UInt64], moments: InputMoments)] = [:]
    private var running: (weight: String, before: [UInt64], probe: SequentialProbe)?

    init(network: Network, key: CalibrationKey) { (self.network, self.key) = (network, key) }

    /// Those of a layer behind others with these versions, once they are known.
    func moments(of weight: String, behind before: [UInt64]) -> InputMoments? {
        known[weight].flatMap { $0.before == before ? $0.moments : nil }
    }

    /// A short piece of work towards them; false once they are known.
    func advance(
        _ layer: Layer, behind before: [UInt64], _ changed: () -> Network, data: Dataset
    ) throws(InputCalibration.Failure) -> Bool {
        if moments(of: layer.weight, behind: before) != nil { return false }
        do {
            let probe: SequentialProbe
            if let running, running.weight == layer.weight, running.before == before {
                probe = running.probe
            } else {
                probe = try SequentialProbe(layer, of: network, behind: changed(), data: data, key: key)
                running = (layer.weight, before, probe)
            }
            if try probe.step() { return true }
            let moments = probe.moments
            running = nil
            guard moments.isFinite else {
                throw InputCalibration.Failure("what \(layer.name) reads on training examples are no numbers that can be squared")
            }
            known[layer.weight] = (before, moments)
            return false
        } catch let error as InputObstacle {
            throw InputCalibration.Failure(error.description)
        } catch let error as KernelError {
            throw InputCalibration.Failure(EngineFailure(error).description)
        } catch let error as InputCalibration.Failure {
            throw error
        } catch {
            throw InputCalibration.Failure("\(error)")
        }
    }
}
