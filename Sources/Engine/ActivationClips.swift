import Compression
import Kernels
import Networks

/// The clips of one base, measured when they are first asked for, all that are in one pass, in short steps. Owned by the lane.
final class ActivationClips {
    private let network: Network
    private let state: TrainedState?
    /// By weight, or key of a junction.
    private var values: [String: ActivationValues] = [:]
    private var known: [Key: Float] = [:]
    private var probe: (probe: ActivationProbe, places: [Place])?

    /// What is measured: by weight, or key of a junction, and the value that it hands on.
    private typealias Place = (name: String, value: String)

    private struct Key: Hashable {
        var name: String
        var bits: Int
    }

    init(network: Network, state: TrainedState?) {
        self.network = network.graph(of: state)
        self.state = state
    }

    /// Does a short piece of work towards the clips of these settings; nil until all are known.
    func advance(
        _ settings: [String: ActivationQuantization], data: Dataset, batchSize: Int
    ) throws(KernelError) -> [String: Float]? {
        var clips: [String: Float] = [:]
        guard !settings.isEmpty else { return clips }
        var missing: [Place] = []
        for place in network.quantizable {
            guard case .clipped(let bits, _) = settings[place.key], let value = network.quantizedValue(of: place.key) else { continue }
            if let clip = clip(of: place.key, in: place.clip, bits: bits) {
                clips[place.key] = clip
            } else {
                missing.append((place.key, value))
            }
        }
        guard !missing.isEmpty else { return clips }
        try measure(missing, data: data, batchSize: batchSize)
        return nil
    }

    /// That of the base's parameter where it has one.
    private func clip(of name: String, in parameter: String, bits: Int) -> Float? {
        if let trained = state?.parameters[parameter]?.floats.first { return trained }
        let key = Key(name: name, bits: bits)
        if let clip = known[key] { return clip }
        guard let values = values[name] else { return nil }
        let clip = values.above.map { ActivationCalibration.clip(of: $0, bits: bits) } ?? QuantizeActivations.initialClip
        known[key] = clip
        return clip
    }

    /// Does a short piece of work towards what a layer hands on; nil until it is known.
    func observe(_ weight: String, data: Dataset, batchSize: Int) throws(KernelError) -> ActivationValues? {
        if let known = values[weight] { return known }
        guard let value = network.quantizedValue(of: weight) else { return ActivationValues([]) }
        try measure([(weight, value)], data: data, batchSize: batchSize)
        return nil
    }

    /// The clip of a layer or a junction whose values are known: the trained one, or the one with the least squared error.
    func clip(ofObserved weight: String, bits: Int) -> Float? {
        network.quantizable.first { $0.key == weight }.flatMap { clip(of: $0.key, in: $0.clip, bits: bits) }
    }

    /// One batch more of what some layers hand on.
    private func measure(_ places: [Place], data: Dataset, batchSize: Int) throws(KernelError) {
        let running: (probe: ActivationProbe, places: [Place])
        if let known = probe, places.allSatisfy({ known.probe.holds($0.value) }) {
            running = known
        } else {
            let effective = state?.applied(to: network).floatGraph ?? network
            running = (try ActivationProbe(places.map(\.value), of: effective, data: data, batchSize: batchSize), places)
            probe = running
        }
        if try running.probe.step() { return }
        for (name, value) in running.places { values[name] = ActivationValues(running.probe.found(value)) }
        probe = nil
    }
}
