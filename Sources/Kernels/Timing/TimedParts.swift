import Networks
import Tensors

/// What the time of a network is made of: the work of each layer with what its kernel does in the same pass, and all other stages.
public struct TimedParts: Hashable, Sendable {
    /// By weight; layers whose form can't be timed alone are missing.
    public private(set) var works: [String: LayerWork]
    /// By weight, the stage that runs the work in an executor of the network.
    public private(set) var places: [String: Int] = [:]
    /// The stages that run no work: sums, poolings, normalizations, layers that can't be timed alone.
    public private(set) var others: [Int] = []

    /// Of a network that can't be run the works alone, without what is joined to them. Throws where shapes do not fit. Cost: O(nodes).
    public init(_ network: Network) throws(ShapeError) {
        works = try network.works()
        guard let plan = try? StagePlanner.plan(network, batchSize: 1) else { return }
        for (place, stage) in plan.stages.enumerated() {
            guard let weight = stage.weight, let work = works[weight] else {
                others.append(place)
                continue
            }
            works[weight] = work.joined(stage.activation, stage.pooling?.settings).reading(rows: plan.readsRows(stage))
            places[weight] = place
        }
    }
}

extension StagePlan {
    /// Whether what a stage reads first lies row-major.
    fileprivate func readsRows(_ stage: PlannedStage) -> Bool {
        guard case .value(let value, let shape)? = stage.operands.first, shape == values[value].shape else { return true }
        let maker = values[value].producer
        return maker < 0 || leavesRows(stages[maker])
    }

    /// Whether a stage leaves images row-major: what only goes over them leaves them as they lie.
    private func leavesRows(_ stage: PlannedStage) -> Bool {
        let output = values[stage.output].shape
        guard output.rank == 4 else { return true }
        switch stage.operation {
        case .convolution(let settings):
            guard let pooling = stage.pooling, KernelLibrary.instructionSet == "AVX2" else { return false }
            return (try? ConvolutionLayer(stage, settings, output: pooling.images))?.fitsPlanes(pooling.settings, output) ?? false
        case .maxPool, .averagePool, .globalAveragePool, .batchNormalization, .concatenation, .unary, .binary, .activation:
            return readsRows(stage)
        default: return true
        }
    }
}
