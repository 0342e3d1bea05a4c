import Compression
import Networks
import Reports
import Tensors

/// Encodes the network of a plan that rests, parameter by parameter, and publishes the exact size of its file.
///
/// Parameters that have not changed since the last time are not encoded again.
final class EncodeJob: LaneJob {
    private enum Phase {
        /// The size of the graph is not known yet.
        case wait
        case next
        case attempt(StreamSizes)
    }

    let urgency = Urgency.background
    let sources: Set = [WatchedFiles.Role.weights]
    private let generation: UInt64
    private let applied: Applied
    /// What the file holds.
    private let network: Network
    /// Ways of writing that the plan chooses, by weight.
    private let codings: [String: WeightCoding]
    private let base: EngineBase
    private unowned let worker: EngineWorker
    private var index = 0
    private var phase = Phase.wait
    /// Of the graph, in bytes.
    private var graph = 0
    private var records: [ParameterBytes] = []
    private var file: FileBytes

    init(applied: Applied, plan: ResolvedPlan?, base: EngineBase, generation: UInt64, worker: EngineWorker) {
        self.applied = applied
        network = applied.inStandardOperators
        codings = plan?.codings ?? [:]
        self.base = base
        self.generation = generation
        self.worker = worker
        // Where clips were not measured the graph is taken without quantizers.
        let lacksQuantizers = applied.edits.activations.isEmpty && plan?.cutsActivations(of: applied.base) == true
        file = FileBytes(total: 0, layers: [:], isExact: !lacksQuantizers)
    }

    var isStale: Bool { worker.wishes.isStale(generation) }
    var isResting: Bool { worker.graph.answer(of: applied.graph) == .sought }

    func step() -> Bool {
        if isStale { return false }
        if case .wait = phase { return measureGraph() }
        guard index < network.parameters.count else { return publish() }
        let parameter = network.parameters.elements[index].value
        switch phase {
        case .wait: break
        case .next: begin(parameter)
        case .attempt(let sizes): attempt(parameter, sizes)
        }
        return true
    }

    /// Asks for the size of the graph.
    private func measureGraph() -> Bool {
        switch worker.graph.answer(of: applied.graph) {
        case .open: worker.graph.look(at: network, as: applied.graph)
        case .sought: break
        case .bytes(let count): (graph, phase) = (count, .next)
        case .none:
            // Whoever waits for the file's size hears that none comes.
            worker.mailbox.post(.settled(generation: generation))
            return false
        }
        return true
    }

    private func begin(_ parameter: Parameter) {
        if let known = worker.encoded[parameter.name], let key = key(of: parameter), known.key == key {
            return finish(parameter, known.sizes, known.record)
        }
        guard let weights = stored(parameter) else { return keepElements(parameter) }
        phase = .attempt(StreamSizes(of: weights))
    }

    private func attempt(_ parameter: Parameter, _ found: StreamSizes) {
        var found = found
        guard found.step() else {
            let sized = SizedParameter(role: parameter.role, weights: found.weights)
            if let key = key(of: parameter) {
                worker.encoded[parameter.name] = EncodedParameter(key: key, sizes: found.sizes, record: sized)
            }
            return finish(parameter, found.sizes, sized)
        }
        phase = .attempt(found)
    }

    private func finish(_ parameter: Parameter, _ sizes: [WeightCoding: Int], _ record: SizedParameter) {
        let weight = applied.weight(heldBy: parameter.name)
        let coding = StreamSizes.coding(applied.coding(of: parameter.name, among: codings), of: sizes)
        let bytes = record.bytes(coding: coding, stream: sizes[coding, default: 0])
        records.append(bytes)
        if let weight, let layer = applied.layer(heldBy: parameter.name) {
            let held = FileBytes.Layer(
                streams: sizes, coding: coding, overhead: bytes.total - bytes.stream, estimate: layer.summary.estimatedBytes)
            file.layers[weight] = file.layers[weight]?.with(held) ?? held
            if parameter.name != weight { file.parts[parameter.name] = held }
        }
        advance()
    }

    private func keepElements(_ parameter: Parameter) {
        records += ParameterRecord.record(of: parameter).map { [$0.bytes] } ?? []
        advance()
    }

    private func advance() {
        index += 1
        phase = .next
    }

    private func publish() -> Bool {
        let card = worker.options.cardByteCount
        file.total = PareContainer.byteCount(graph: graph, records: records, others: card > 0 ? [card] : [])
        worker.mailbox.post(.file(file, generation: generation))
        return false
    }

    /// What its values are known by; nil for what an edit of the graph made and no layer is held by.
    private func key(of parameter: Parameter) -> EncodedParameter.Key? {
        let layer = applied.layer(heldBy: parameter.name)
        guard layer != nil || base.network.parameters[parameter.name] != nil else { return nil }
        let place = layer.flatMap { base.place(of: $0.layer.weight) }
        return EncodedParameter.Key(base: base.id, version: place.map { applied.versions.layers[$0] })
    }

    /// The parameter as levels; nil for elements that are no floats.
    private func stored(_ parameter: Parameter) -> StoredWeights? {
        if let stored = applied.stored(parameter.name) { return stored }
        return parameter.values.elementType == .float32 ? StoredWeights(parameter: parameter.values) : nil
    }
}

/// What is kept of a parameter that was encoded.
struct EncodedParameter {
    /// The values that it was encoded with: those of a base, or what a plan made of them.
    struct Key: Hashable {
        var base: String?
        var version: UInt64?
    }

    var key: Key
    var sizes: [WeightCoding: Int]
    var record: SizedParameter
}

/// A parameter without its levels: enough to tell the bytes of its record.
struct SizedParameter {
    private let role: Parameter.Role
    private let form: StoredWeights

    init(role: Parameter.Role, weights: StoredWeights) {
        self.role = role
        form = StoredWeights(shape: weights.shape, isTransposed: weights.isTransposed, values: weights.values, levels: [])
    }

    func bytes(coding: WeightCoding, stream: Int) -> ParameterBytes {
        ParameterRecord.bytes(role: role, form: form, coding: coding, stream: stream)
    }
}
