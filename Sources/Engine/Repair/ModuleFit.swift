import Compression
import Kernels
import Networks
import Tensors

/// Brings a module near to the layer that it took the place of, by the layer's outputs on examples. Owned by the lane.
///
/// What the module makes last is linear in its parameters, so they are found by least squares (``ReaderFit``): the 1 × 1 of a separable module and the
/// 1 × 1 in the place of a window at their optimum, of a Fire module both branches on what it squeezes. Its squeeze is tried twice, as it starts and
/// with biases that keep Relu from cutting anything on these examples (exact inside a picture, while padding is no more what it was); that with
/// the smaller error stays. Cost: two runs of the examples up to the layer for each fitted part.
public final class ModuleFit {
    /// With the best parameters so far.
    public private(set) var network: Network
    /// Squared error of the module's outputs as a part of their variance, before and after the fit.
    public private(set) var error: (before: Double, after: Double) = (0, 0)

    private let before: Network
    private let layer: Layer
    private let module: LayerModule
    private let data: Dataset
    private let shapes: (before: [String: Shape], after: [String: Shape])
    private var tries: [Network]
    private var best: (network: Network, error: (before: Double, after: Double))?
    private var parts: [(weight: String, outputs: [Int])] = []
    private var look: LayerLook?
    private var sums = (before: 0.0, after: 0.0)

    /// - Parameters:
    ///   - after: With the module in its start.
    ///   - layer: As it was before.
    public init(before: Network, after: Network, layer: Layer, module: LayerModule, data: Dataset) throws(ShapeError) {
        (self.before, network, self.layer, self.module, self.data) = (before, after, layer, module, data)
        shapes = (try before.shapes(batch: 1), try after.shapes(batch: 1))
        tries = [after]
    }

    /// Some milliseconds to some tenths of a second of work; false when all is done.
    public func step() throws(KernelError) -> Bool {
        guard data.count > 0, !tries.isEmpty else { return false }
        if best == nil, parts.isEmpty, case .fire = module, tries.count == 1, let shifted = try shifted() { tries.append(shifted) }
        if parts.isEmpty { begin() }
        if look == nil { look = makeLook() }
        if try look?.step() == true { return true }
        if let look { fit(look) }
        look = nil
        parts.removeFirst()
        if parts.isEmpty { end() }
        return !tries.isEmpty
    }

    private func begin() {
        network = tries[0]
        sums = (0, 0)
        let names = module.parts(of: layer).map { LayerModule.parameters(of: $0.name).weight }
        let filters = layer.shape[0]
        switch module {
        case .pointwise: parts = [(names[0], Array(0..<filters))]
        case .separable: parts = [(names[1], Array(0..<filters))]
        case .fire(_, let ones):
            parts = (ones > 0 ? [(names[1], Array(0..<ones))] : []) + [(names[2], Array(ones..<filters))]
        }
    }

    private func end() {
        tries.removeFirst()
        if best.map({ sums.after < $0.error.after }) ?? true { best = (network, (best?.error.before ?? sums.before, sums.after)) }
        guard tries.isEmpty, let best else { return }
        network = best.network
        error = best.error
    }

    private func makeLook() -> LayerLook? {
        guard let part = parts.first, let own = network.layer(of: part.weight),
            let value = layer.node.flatMap({ before.nodes[$0].outputs.first }),
            let shape = shapes.before[value]
        else { return nil }
        let target = FitTarget(layer: own, value: value, shape: shape, outputs: part.outputs)
        guard let places = LayerPlaces(target, of: network, shapes.after, count: data.count) else { return nil }
        let walks = (
            NetworkWalk(network, shapes.after, stops: [places.inputStop], data: data, limit: 0),
            NetworkWalk(before, shapes.before, stops: [places.targetStop(in: before)], data: data, limit: 0)
        )
        return LayerLook(
            places, inputs: WalkSource(walk: walks.0, stop: 0, network: network),
            wanted: WalkSource(walk: walks.1, stop: 0, network: before))
    }

    private func fit(_ look: LayerLook) {
        guard let part = parts.first, let own = network.layer(of: part.weight), let weights = network.parameters[part.weight]?.values,
            let fit = ReaderFit(look.moments, heldOut: look.heldOut, weights: own.rows(of: weights), isCentred: own.bias != nil)
        else { return }
        network.take(fit.weights, fit.bias, in: own)
        let share = Double(part.outputs.count) / Double(max(1, layer.shape[0]))
        sums = (sums.before + share * fit.relativeError.before, sums.after + share * fit.relativeError.after)
    }

    /// The first try with biases of the squeeze that are the least that keep its outputs from falling below 0; nil where there is no squeeze.
    private func shifted() throws(KernelError) -> Network? {
        let names = LayerModule.parameters(of: layer.name + ".squeeze")
        guard var result = tries.first, let squeeze = result.layer(of: names.weight), let bias = result.parameters[names.bias],
            let value = squeeze.node.flatMap({ result.nodes[$0].outputs.first }), let shape = shapes.after[value]
        else { return nil }
        let count = min(data.count, Self.shiftExamples)
        let examples = (0..<count).map { $0 * data.count / count }
        let place = (result.index.maker(of: value) ?? -1) + 1
        let walk = NetworkWalk(
            result, shapes.after, stops: [WalkStop(value: value, place: place, examples: examples)], data: data, limit: 0)
        let segment = walk.segment(from: -1, to: 0, in: result)
        let reader = try WalkReader(walk, segment, from: -1, to: 0, batchSize: walk.batchSize(of: segment, count: count))
        var least = [Float](repeating: 0, count: bias.count)
        let area = shape.count / max(1, bias.count)
        for start in stride(from: 0, to: count, by: reader.batchSize) {
            try reader.begin(examples[start..<min(count, start + reader.batchSize)])
            while !reader.isDone { try reader.runStage() }
            try reader.end { _, values in for place in values.indices { least[place / area] = min(least[place / area], values[place]) } }
        }
        result.parameters[names.bias]?.values = Tensor(shape: bias.shape, floats: zip(bias.values.floats, least).map { $0 - $1 })
        return result
    }

    private static let shiftExamples = 512
}
