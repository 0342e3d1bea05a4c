import Compression
import Networks
import Tensors

/// The weights that plans start from: those of the network as it was opened, or of a trained state; sorted once. Owned by the lane.
final class EngineBase {
    /// Nil for the network as it was opened.
    let state: TrainedState?
    let states: LayerStates
    /// Layers that were fitted to what they read, which takes long: more of them stay, those of tries too.
    let fitted: LayerStates
    /// The network that plans are applied to, with its own graph and float values.
    let network: Network
    let layers: [Layer]
    /// Of its float values; the original's are 0.
    let versions: Applied.Versions
    /// Clips for what its layers hand on.
    let clips: ActivationClips
    /// Main directions of what its layers give.
    let outputs: OutputCalibration
    /// Second moments of what its layers read.
    let inputs: InputCalibration
    /// The same behind layers as a plan makes them.
    let following: SequentialCalibration
    private(set) var distributions: [String: WeightDistribution] = [:]
    private var givenStructures: [String: GivenStructure] = [:]
    private let counter: VersionCounter
    private let places: [String: Int]
    private var keptVersions: [String: UInt64] = [:]

    init(network: Network, state: TrainedState?, versions: VersionCounter, calibration: CalibrationKey = .fit) {
        self.network = state?.base(of: network) ?? network
        layers = self.network.layers
        places = Dictionary(layers.enumerated().map { ($1.weight, $0) }) { first, _ in first }
        counter = versions
        self.state = state
        clips = ActivationClips(network: network, state: state)
        outputs = OutputCalibration(network: self.network)
        inputs = InputCalibration(network: self.network, key: calibration)
        following = SequentialCalibration(network: self.network, key: calibration)
        let floats = layers.map { _ in state == nil ? 0 : versions.next() }
        self.versions = Applied.Versions(layers: floats, others: state == nil ? 0 : versions.next(), graph: state?.graph?.id)
        let unchanged = Dictionary(zip(layers, floats).map { ($0.weight, $1) }) { first, _ in first }
        states = LayerStates(unchanged: unchanged, versions: versions)
        let weights = layers.reduce(1) { $0 + $1.count }
        fitted = LayerStates(unchanged: unchanged, versions: versions, most: min(64, max(2, Self.fittedBytes / (16 * weights))))
    }

    /// Bytes that fitted layers may take, about 16 a weight.
    private static let fittedBytes = 256 << 20

    /// Names the base: plans on one base share states.
    var id: String? { state?.id }

    /// A layer's place among the layers.
    func place(of weight: String) -> Int? { places[weight] }

    func values(_ parameter: String) -> Tensor? { network.parameters[parameter]?.values }

    /// What ratios are set on, by weight; empty for the network as it was opened, whose own weights count.
    var ratioBases: [String: RatioBasis] { state?.layers.mapValues(\.ratioBasis) ?? [:] }

    /// σ of the dense weights of a layer of a state; nil for the network as it was opened.
    func deviation(of layer: Layer) -> Double? { state?.layers[layer.weight]?.deviation }

    /// What training left of a layer, as long as its plan, activations apart, is the one that it was trained under.
    func kept(_ layer: Layer, plan: LayerPlan, isTraining: Bool) -> CompressedLayer? {
        guard let kept = state?.layers[layer.weight], kept.fits(plan, isTraining: isTraining) else { return nil }
        return kept.compressed
    }

    /// The version of a layer as training left it.
    func version(ofKept weight: String) -> UInt64 {
        if let known = keptVersions[weight] { return known }
        let version = counter.next()
        keptVersions[weight] = version
        return version
    }

    /// The sorted weights of a layer; the first call sorts them. Nil where it has none.
    func distribution(of layer: Layer) throws(DistributionError) -> WeightDistribution? {
        if let known = distributions[layer.weight] { return known }
        guard let weights = values(layer.weight) else { return nil }
        let sorted = try WeightDistribution(weights)
        distributions[layer.weight] = sorted
        return sorted
    }

    /// What a layer came with, looked for once.
    func given(_ layer: Layer, _ distribution: WeightDistribution) -> GivenStructure? {
        if let known = givenStructures[layer.weight] { return known }
        var found = values(layer.weight).map { GivenStructure.detect(weights: $0, distribution: distribution) }
        if state == nil { found?.codes = network.parameters[layer.weight]?.origin }
        givenStructures[layer.weight] = found
        return found
    }
}

/// Numbers for versions of weights, each given once; 0 is the original. Owned by the lane.
final class VersionCounter {
    private var last: UInt64 = 0

    func next() -> UInt64 {
        last += 1
        return last
    }
}
