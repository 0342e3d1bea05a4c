import CKernels
import Networks
import Tensors

extension StageBuilder {
    /// A number of many along axes; of axes that do not follow each other after a copy that has them last.
    mutating func buildReduction(_ stage: PlannedStage, _ reduction: Reduction) throws(KernelError) {
        try buildCollected(stage, axes: reduction.axes, "reduce") { x, extent, inner, y, first, last in
            pare_reduce(reduction.function.kernel, x, extent, inner, y, first, last)
        }
    }

    mutating func buildExtremePlace(_ stage: PlannedStage, _ place: ExtremePlace) throws(KernelError) {
        try buildCollected(stage, axes: [place.axis], "places") { x, extent, inner, y, first, last in
            pare_extreme_places(x, extent, inner, place.isMaximum ? 1 : 0, place.takesLast ? 1 : 0, y, first, last)
        }
    }

    mutating func buildGlobalMaximum(_ stage: PlannedStage) throws(KernelError) {
        let axes = Array(stage.operands[0].shape.dimensions.indices.dropFirst(2))
        try buildReduction(stage, Reduction(function: .maximum, axes: axes, keepsAxes: true))
    }

    private mutating func buildCollected(
        _ stage: PlannedStage, axes: [Int], _ name: String,
        _ body: @escaping (UnsafePointer<Float>, _ extent: Int, _ inner: Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) throws(KernelError) {
        let shape = stage.operands[0].shape
        let reduced = Set(axes)
        guard shape.count > 0, !reduced.isEmpty else { return try buildPlain(stage) }
        let wide = shape.dimensions.indices.filter { reduced.contains($0) && shape[$0] > 1 }
        let extent = reduced.reduce(1) { $0 * shape[$1] }
        var inner = shape.dimensions[((wide.last ?? shape.rank - 1) + 1)...].reduce(1, *)
        var from = try source(stage.operands[0], plain: true)
        if let first = wide.first, let last = wide.last, shape.dimensions[first...last].reduce(1, *) != extent {
            let order = shape.dimensions.indices.filter { !reduced.contains($0) } + reduced.sorted()
            from = try moved(from, shape, by: .transpose(permutation: order), to: Shape(order.map { shape[$0] }))
            inner = 1
        }
        let output = plan.values[stage.output].shape
        let memory = try destination(.strided(output))
        let read = from
        addRanges(name, count: output.count, size: extent) { first, last in
            guard let x = read.floats, let y = memory.floats else { return }
            body(x, extent, inner, y, first, last)
        }
        try addActivation(to: memory, stage)
    }

    /// A row-major copy with its elements moved.
    private mutating func moved(
        _ memory: BoundMemory, _ shape: Shape, by operation: Networks.Operation, to output: Shape
    ) throws(KernelError) -> BoundMemory {
        guard let map = operation.elementMap(from: shape, to: output) else { return memory }
        let copy = try temporary(.strided(output))
        current.steps.append(.movement(MovedElements(map, from: memory, to: copy)))
        return copy
    }
}

extension Reduction.Function {
    fileprivate var kernel: pare_reduction {
        switch self {
        case .sum: PARE_REDUCE_SUM
        case .mean: PARE_REDUCE_MEAN
        case .maximum: PARE_REDUCE_MAXIMUM
        case .minimum: PARE_REDUCE_MINIMUM
        case .product: PARE_REDUCE_PRODUCT
        case .l1: PARE_REDUCE_L1
        case .l2: PARE_REDUCE_L2
        case .sumOfSquares: PARE_REDUCE_SQUARES
        case .logOfSum: PARE_REDUCE_LOG_SUM
        case .logOfSumOfExponentials: PARE_REDUCE_LOG_SUM_EXP
        }
    }
}
