import Compression
import Networks

/// What plans start from, with what is known of it: the network as it was opened, and the trained states that were used last. Owned by the lane.
final class EngineBases {
    private let network: Network
    private let mailbox: EngineMailbox
    private let versions = VersionCounter()
    private let calibration: CalibrationKey
    private let original: EngineBase
    /// Newest last.
    private var trained: [EngineBase] = []
    /// By weight, the base whose sorted weights were published last.
    private var published: [String: String?] = [:]

    private static let keptBases = 2

    init(network: Network, mailbox: EngineMailbox, calibration: CalibrationKey) {
        self.network = network
        self.calibration = calibration
        self.mailbox = mailbox
        original = EngineBase(network: network, state: nil, versions: versions, calibration: calibration)
    }

    /// The weights that a plan starts from; those used last are kept with what is known of them.
    func base(of state: TrainedState?) -> EngineBase {
        guard let state else { return original }
        let known = trained.firstIndex { $0.id == state.id }.map { trained.remove(at: $0) }
        let base = known ?? EngineBase(network: network, state: state, versions: versions, calibration: calibration)
        trained.append(base)
        if trained.count > Self.keptBases { trained.removeFirst() }
        return base
    }

    /// The sorted weights of a layer, published where another base's were published last.
    func distribution(of layer: Layer, in base: EngineBase) throws(DistributionError) -> WeightDistribution? {
        guard let sorted = try base.distribution(of: layer) else { return nil }
        if published[layer.weight] != .some(base.id) {
            published[layer.weight] = .some(base.id)
            mailbox.post(.distribution(weight: layer.weight, sorted))
        }
        return sorted
    }
}
