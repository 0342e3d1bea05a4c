import Compression
import Kernels
import Networks
import Tensors

/// Brings a network from which channels were cut near to the one before, without training. Owned by the lane.
///
/// Layers are gone through in the order of the graph. From the first one on that reads fewer channels, or is a factor of one before, each gets new
/// weights by least squares (``ReaderFit``) over examples: its targets are its own outputs in the network before, its inputs those of the network as
/// repaired so far, which are no longer what they were (Zhang and others 2015). Where no batch normalization is left in the graph, mean and deviation
/// of each output channel of the layers behind the cut are then brought to those before, by a factor on the weights and a new bias (where there is
/// one); an output that never moves is left alone, and so are the logits. A normalization right behind such a layer follows what it gives at once
/// instead, so that the layers after it are fitted to what they will read: mean += mean now − before, variance *= variance now / before, a quarter at
/// least.
///
/// Both networks are gone through once (``NetworkWalk``): what is still to be read of an example is kept from layer to layer, up to ``memory`` bytes.
/// Examples for which there is no room start at the input again, so that the memory holds whatever the network, and only what is too large is run more
/// than once. Cost: a run of each node of both networks for each example that is looked at behind it.
public final class NetworkRepair {
    /// As far as it is repaired.
    public private(set) var network: Network
    /// Squared error of the outputs of each repaired layer, by weight, as a part of their variance: before and after.
    public private(set) var errors: [String: (before: Double, after: Double)] = [:]
    /// Statistics of the normalizations that followed at once, and of those before the cut, by name.
    public private(set) var followed: Set<String> = []
    /// Layers that read fewer channels and stay as they are.
    public private(set) var untouched: [String] = []
    /// Bytes of values that are kept at most, half of them for each network.
    public static let memory = 512 << 20

    private let before: Network
    private let kept: KeptPlaces
    private let hasNormalization: Bool
    /// What is fitted, in the order of the graph.
    private let fits: [LayerPlaces]
    private let walks: (before: NetworkWalk, after: NetworkWalk)
    private var place = 0
    private var look: LayerLook?

    /// - Parameters:
    ///   - after: With fewer channels, or with layers as factors.
    ///   - memory: Bytes of values that are kept at most.
    public init(
        before: Network, after: Network, kept: KeptPlaces, data: Dataset, memory: Int = NetworkRepair.memory
    ) throws(ShapeError) {
        (self.before, network, self.kept) = (before, after, kept)
        let shapes = (before: try before.shapes(batch: 1), after: try after.shapes(batch: 1))
        hasNormalization = after.nodes.contains { if case .batchNormalization = $0.operation { true } else { false } }
        let layers = after.layers.filter { $0.node != nil }.sorted { ($0.node ?? 0) < ($1.node ?? 0) }
        let first = layers.firstIndex { kept.losesInputs($0) || before.parameters[$0.weight] == nil }
        let behind = data.count > 0 ? layers[(first ?? layers.count)...] : []
        var fits: [LayerPlaces] = []
        for layer in behind {
            let target = FitTarget(layer, of: after, before: shapes.before, kept)
            if let places = target.flatMap({ LayerPlaces($0, of: after, shapes.after, count: data.count) }) {
                fits.append(places)
            } else if kept.losesInputs(layer) {
                untouched.append(layer.name)
            }
        }
        self.fits = fits
        walks = (
            NetworkWalk(before, shapes.before, stops: fits.map { $0.targetStop(in: before) }, data: data, limit: memory / 2),
            NetworkWalk(after, shapes.after, stops: fits.map(\.inputStop), data: data, limit: memory / 2)
        )
        if let layer = behind.first { followed = statistics(before: layer) }
    }

    /// How far it is, 0…1.
    public var progress: Double {
        guard !fits.isEmpty else { return 1 }
        let part = look.map { Double($0.counts.done) / Double(max(1, $0.counts.total)) } ?? 0
        return (Double(place) + part) / Double(fits.count)
    }

    /// Nodes of both networks that were run, each for one example.
    public var nodeRuns: Int { walks.before.nodeRuns + walks.after.nodeRuns }

    /// Bytes of values that are kept now.
    public var keptByteCount: Int { walks.before.byteCount + walks.after.byteCount }

    /// Some milliseconds to some tenths of a second of work; false when all layers are done.
    public func step() throws(KernelError) -> Bool {
        guard place < fits.count else { return false }
        let look =
            look
            ?? LayerLook(
                fits[place], inputs: WalkSource(walk: walks.after, stop: place, network: network),
                wanted: WalkSource(walk: walks.before, stop: place, network: before))
        self.look = look
        if try look.step() { return true }
        repair(fits[place].target.layer, look)
        self.look = nil
        place += 1
        return place < fits.count
    }

    /// Those of the normalizations that come before a layer, which read what they always did.
    private func statistics(before layer: Layer) -> Set<String> {
        let normalizations = network.nodes[..<(layer.node ?? 0)].filter {
            if case .batchNormalization = $0.operation { true } else { false }
        }
        return Set(normalizations.flatMap { $0.inputs.dropFirst(3) })
    }

    /// Whether a layer's outputs get back their mean and deviation.
    private func matches(_ layer: Layer) -> Bool { !hasNormalization && !layer.givesLogits }

    /// Statistics of the normalizations behind a layer follow what it gives now.
    private func follow(_ layer: Layer, _ moments: SecondMoments, _ rows: [Double], _ bias: [Double]?) {
        let nodes = network.normalizations(behind: layer).filter { $0.inputs.count > 4 }
        guard !nodes.isEmpty else { return }
        let outputs = moments.outputMoments(of: rows)
        for (place, name) in nodes.flatMap({ [(0, $0.inputs[3]), (1, $0.inputs[4])] }) {
            guard let own = before.parameters[name], let now = network.parameters[name] else { continue }
            let left = kept.places(name, axis: 0, count: own.count)
            guard left.count == outputs.count, now.count == left.count else { continue }
            let values = own.values.floats
            let floats = left.enumerated().map { row, index in
                let (found, wanted, was) = (outputs[row].found, outputs[row].wanted, values[index])
                let scale = NormalizationStatistics.scale(now: found.variance, before: wanted.variance)
                return place == 0
                    ? NormalizationStatistics.mean(was, now: found.mean + (bias?[row] ?? 0), before: wanted.mean, scale: scale)
                    : NormalizationStatistics.variance(was, scale: scale)
            }
            network.parameters[name]?.replace(Tensor(shape: now.shape, floats: floats))
            followed.insert(name)
        }
    }

    private func repair(_ layer: Layer, _ look: LayerLook) {
        let moments = look.moments
        guard let weights = network.parameters[layer.weight]?.values else { return }
        let isCentred = network.isCentred(layer)
        var rows = layer.rows(of: weights).map(Double.init)
        var bias = layer.bias.flatMap { network.parameters[$0]?.values.floats.map(Double.init) }
        if let fit = ReaderFit(moments, heldOut: look.heldOut, weights: layer.rows(of: weights), isCentred: isCentred) {
            rows = fit.weights
            if bias != nil { bias = fit.bias ?? bias }
            errors[layer.weight] = fit.relativeError
        }
        if matches(layer) { moments.match(&rows, bias: &bias) }
        network.take(rows, bias, in: layer)
        follow(layer, moments, rows, bias)
    }
}

extension Network {
    /// Rows of weights [outputs, inputs] and biases in the place of a layer's.
    mutating func take(_ rows: [Double], _ bias: [Double]?, in layer: Layer) {
        parameters[layer.weight]?.replace(layer.values(ofRows: rows.map { Float($0) }))
        guard let name = layer.bias, let bias, let shape = parameters[name]?.shape, shape.count == bias.count else { return }
        parameters[name]?.replace(Tensor(shape: shape, floats: bias.map { Float($0) }))
    }
}

extension Parameter {
    /// Other values than the file's.
    mutating func replace(_ values: Tensor) {
        self.values = values
        origin = nil
    }
}

extension FitTarget {
    /// What a layer gave in the network before a cut; nil where it has no such value.
    fileprivate init?(_ layer: Layer, of network: Network, before shapes: [String: Shape], _ kept: KeptPlaces) {
        guard let output = layer.node.flatMap({ network.nodes[$0].outputs.first }), let made = shapes[output] else { return nil }
        let filters = made.rank > 1 ? made[layer.isConvolution ? 1 : made.rank - 1] : 0
        self.init(
            layer: layer, value: output, shape: made, outputs: kept.places(layer.weight, axis: layer.filterAxis, count: filters))
    }
}
