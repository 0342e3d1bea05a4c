import Tensors

/// The kernels of all stages for one choice of lanes.
final class StageKernels {
    let choice: LaneChoice
    let built: [BuiltStage]
    let memory: ActivationMemory
    /// Brings the logits into rows where the last kernel left them otherwise.
    let final: BuiltStage
    let logits: BoundMemory
    /// How each value lies.
    let layouts: [MemoryLayoutHandle]
    /// Of what values the levels are that lie in the place of floats.
    let grids: [LevelGrid?]
    /// What kernels read of each parameter.
    private let constants: [String: [any ParameterCopy]]

    /// Takes what was built; values lie in `own` and take at most so many bytes.
    init(_ builder: inout StageBuilder, _ byteCounts: [Int], own: [AlignedBuffer]) throws(KernelError) {
        (logits, final) = try builder.buildLogits()
        (choice, built, layouts, grids) = (builder.choice, builder.built, builder.layouts, builder.grids)
        constants = Dictionary(grouping: (built + [final]).flatMap(\.constants), by: \.name)
        guard zip(layouts, byteCounts).allSatisfy({ $0.byteCount <= $1 }) else {
            throw .library(operation: "place the values", status: "a layout needs more memory than another")
        }
        memory = try ActivationMemory(builder.plan, byteCounts, own: own, places: builder.places)
    }

    func load(_ values: Tensor, as name: String) throws(KernelError) {
        for constant in constants[name] ?? [] { try constant.load(values) }
    }
}
