import Compression
import Kernels
import Networks

/// The main directions of what a base's layers give on training examples, each found when it is first asked for, in short steps. Owned by the lane.
///
/// They are of the base's float values and of no plan, so that a plan which needs them is a function of base, plan and ``CalibrationKey``.
final class OutputCalibration {
    /// Why there are none.
    enum Failure: Error, CustomStringConvertible {
        /// There are no training examples that fit: a sentence without its full stop.
        case noExamples(String)
        case kernels(KernelError)
        /// A layer gives a NaN or values too large to be squared.
        case notFinite(weight: String)

        var description: String {
            switch self {
            case .noExamples(let reason): "outputs are gathered on training examples, and \(reason)"
            case .kernels(let error): EngineFailure(error).description
            case .notFinite(let weight): "the outputs of \(weight) on training examples are no numbers that can be squared"
            }
        }
    }

    /// How far it is: layers of all that are wanted.
    struct Progress: Hashable {
        var done: Int
        var count: Int
    }

    private let network: Network
    private let key: CalibrationKey
    /// Bytes that directions may take, but for those that one plan needs at once.
    private let budget: Int
    /// By weight, the one used last at the end.
    private var known: [(weight: String, basis: OutputBasis)] = []
    private var moments: [String: OutputMoments] = [:]
    private var probe: OutputProbe?

    init(network: Network, key: CalibrationKey = .standard, budget: Int = 256 << 20) {
        (self.network, self.key, self.budget) = (network, key, budget)
    }

    /// Those of a layer, once they are known.
    func basis(of weight: String) -> OutputBasis? { known.last { $0.weight == weight }?.basis }

    /// Does a short piece of work towards the directions of these layers; nil once all are known.
    ///
    /// - Parameter isCancelled: Asked within the search for directions, which takes longer than a step for wide layers.
    func advance(_ weights: [String], data: Dataset, isCancelled: () -> Bool) throws(Failure) -> Progress? {
        for weight in weights where basis(of: weight) != nil { use(weight) }
        let missing = weights.filter { basis(of: $0) == nil }
        guard let next = missing.first else { return nil }
        if let found = moments[next] {
            try find(next, found, isCancelled: isCancelled)
        } else {
            try gather(missing, of: weights, data: data)
        }
        let left = weights.count { basis(of: $0) == nil }
        return Progress(done: weights.count - left, count: weights.count)
    }

    private func use(_ weight: String) {
        if let place = known.firstIndex(where: { $0.weight == weight }) { known.append(known.remove(at: place)) }
    }

    private func find(_ weight: String, _ found: OutputMoments, isCancelled: () -> Bool) throws(Failure) {
        guard found.isFinite else { throw .notFinite(weight: weight) }
        let bias = network.ownBias(of: weight)
        guard let basis = OutputBasis(found, hasBias: bias != nil, isCancelled: isCancelled) else { return }
        moments[weight] = nil
        known.append((weight, basis))
    }

    /// One batch more, or a piece of what is counted of it.
    private func gather(_ weights: [String], of all: [String], data: Dataset) throws(Failure) {
        do throws(KernelError) {
            let probe: OutputProbe
            if let running = self.probe, weights.allSatisfy(running.holds) {
                probe = running
            } else {
                makeRoom(besides: Set(all))
                probe = try OutputProbe(weights, of: network, data: data, key: key)
                self.probe = probe
            }
            if try probe.step() { return }
            moments.merge(probe.moments) { _, new in new }
            self.probe = nil
        } catch { throw .kernels(error) }
        if let lost = weights.first(where: { moments[$0] == nil }) { throw .notFinite(weight: lost) }
    }

    /// Lets go of what was used longest ago, but for what is needed.
    private func makeRoom(besides needed: Set<String>) {
        var bytes = known.reduce(0) { $0 + $1.basis.byteCount }
        known.removeAll { kept in
            guard bytes > budget, !needed.contains(kept.weight) else { return false }
            bytes -= kept.basis.byteCount
            return true
        }
    }
}

extension Network {
    /// The bias of a layer that has one number for each output and that no other layer reads; nil where there is none.
    func ownBias(of weight: String) -> Parameter? {
        guard let layer = layer(of: weight), let name = layer.bias, let bias = parameters[name], bias.values.count == layer.outputCount
        else {
            return nil
        }
        return index.readCount(of: name) == index.readCount(of: weight) ? bias : nil
    }
}
