import Compression
import Kernels
import Networks

/// Why what a layer reads can't be gathered: its outputs are no products of windows, or something else reads its weights too.
struct InputObstacle: Error, CustomStringConvertible {
    let layer: String

    /// A sentence without its full stop.
    var description: String {
        "what \(layer) reads can't be gathered: its outputs have to be products of windows or rows, and no other operator may read its weights"
    }
}

/// Second moments of what a base's layers read on training examples, each found when it is first asked for, in short steps. Owned by the lane.
///
/// They are of the base's float values and of no plan, so that a plan which needs them is a function of base, plan and ``CalibrationKey``.
final class InputCalibration {
    /// Why there are none: a sentence without its full stop.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private let network: Network
    let key: CalibrationKey
    /// Bytes that moments may take, but for those that one plan needs at once.
    private let budget: Int
    /// By weight, the one used last at the end.
    private var known: [(weight: String, moments: InputMoments)] = []
    private var probe: InputProbe?
    private var traces: [String: RemovalTrace] = [:]
    private var source: (weight: String, source: RemovalSource)?

    init(network: Network, key: CalibrationKey, budget: Int = InputMoments.byteLimit) {
        (self.network, self.key, self.budget) = (network, key, budget)
    }

    /// Those of a layer, once they are known.
    func moments(of weight: String) -> InputMoments? { known.last { $0.weight == weight }?.moments }

    /// The order in which a layer's weights are best removed, once it is known.
    func trace(of weight: String) -> RemovalTrace? { traces[weight].flatMap { $0.isComplete ? $0 : nil } }

    /// Does a short piece of work towards the moments of these layers, and the orders of removal of those of `traced`; nil once all are known.
    ///
    /// - Returns: How many layers of all that are wanted are done.
    func advance(
        _ layers: [Layer], traced: Set<String>, data: Dataset, isCancelled: @escaping () -> Bool
    ) throws(Failure) -> (done: Int, count: Int)? {
        for layer in layers where moments(of: layer.weight) != nil { use(layer.weight) }
        let missing = layers.filter { moments(of: $0.weight) == nil }
        if !missing.isEmpty {
            try gather(missing, of: layers, data: data)
        } else if let next = layers.first(where: { traced.contains($0.weight) && trace(of: $0.weight) == nil }) {
            try advanceTrace(of: next, isCancelled: isCancelled)
        } else {
            return nil
        }
        let open = layers.count { moments(of: $0.weight) == nil || (traced.contains($0.weight) && trace(of: $0.weight) == nil) }
        return (layers.count - open, layers.count)
    }

    private func use(_ weight: String) {
        if let place = known.firstIndex(where: { $0.weight == weight }) { known.append(known.remove(at: place)) }
    }

    /// One batch more, or a piece of what is counted of it.
    private func gather(_ layers: [Layer], of all: [Layer], data: Dataset) throws(Failure) {
        do {
            let probe: InputProbe
            if let running = self.probe, layers.allSatisfy({ running.holds($0.weight) }) {
                probe = running
            } else {
                makeRoom(besides: Set(all.map(\.weight)))
                probe = try InputProbe(layers, of: network, data: data, key: key)
                self.probe = probe
            }
            if try probe.step() { return }
            known += layers.compactMap { layer in probe.moments[layer.weight].map { (layer.weight, $0) } }
            self.probe = nil
        } catch let error as InputObstacle {
            throw Failure(error.description)
        } catch let error as KernelError {
            throw Failure(EngineFailure(error).description)
        } catch {
            throw Failure("\(error)")
        }
        if let lost = layers.first(where: { layer in probe == nil && !(moments(of: layer.weight)?.isFinite ?? false) }) {
            known.removeAll { $0.weight == lost.weight }
            throw Failure("what \(lost.name) reads on training examples are no numbers that can be squared")
        }
    }

    /// Some rows more of a layer's order of removal.
    private func advanceTrace(of layer: Layer, isCancelled: @escaping () -> Bool) throws(Failure) {
        guard let moments = moments(of: layer.weight), let weights = network.parameters[layer.weight]?.values else { return }
        if source?.weight != layer.weight {
            guard let made = RemovalSource(moments, layer: layer, weights: weights, isCancelled: isCancelled) else {
                if isCancelled() { return }
                throw Failure("the inputs of \(layer.name) are of another form than its weights")
            }
            source = (layer.weight, made)
        }
        guard let source = source?.source else { return }
        let end = ContinuousClock.now + .milliseconds(8)
        // Held once only, or every row would copy those before.
        var trace = traces.removeValue(forKey: layer.weight) ?? RemovalTrace(of: layer)
        repeat { trace.step(source, isCancelled: isCancelled) } while !trace.isComplete && ContinuousClock.now < end && !isCancelled()
        if trace.isComplete { self.source = nil }
        traces[layer.weight] = trace
    }

    /// Lets go of what was used longest ago, but for what is needed.
    private func makeRoom(besides needed: Set<String>) {
        var bytes = known.reduce(0) { $0 + $1.moments.byteCount }
        known.removeAll { kept in
            guard bytes > budget, !needed.contains(kept.weight) else { return false }
            bytes -= kept.moments.byteCount
            return true
        }
    }
}
