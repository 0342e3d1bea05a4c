import CKernels
import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// What only moves elements: a transposition as a reorder, moves along the axes of images as they lie, others row-major.
    mutating func buildMovement(_ stage: PlannedStage) throws(KernelError) {
        let (operand, output) = (stage.operands[0], plan.values[stage.output].shape)
        guard let map = stage.operation.elementMap(from: operand.shape, to: output) else { return try buildPlain(stage) }
        if case .transpose(let permutation) = stage.operation, try buildTransposition(stage, permutation) { return }
        if stage.operation.movesAlongAxes, operand.shape.rank == 4, output.rank == 4, output.count > 0, operand.shape.count > 0 {
            let (from, order) = try orderedSource(operand)
            if let own = map.inMemory(order, operand.shape, output) {
                let memory = try destination(order.layout(output))
                current.steps.append(.movement(MovedElements(own, from: from, to: memory)))
                return try addActivation(to: memory, stage)
            }
        }
        let from = try source(operand, plain: true)
        let memory = try destination(.strided(output))
        current.steps.append(.movement(MovedElements(map, from: from, to: memory)))
        try addActivation(to: memory, stage)
    }

    /// The input read as it lies and written where the result has its elements; false for shapes that oneDNN does not have.
    private mutating func buildTransposition(_ stage: PlannedStage, _ permutation: [Int]) throws(KernelError) -> Bool {
        let (operand, output) = (stage.operands[0], plan.values[stage.output].shape)
        guard (1...Int(PARE_MAXIMUM_RANK)).contains(output.rank), output.count > 0 else { return false }
        var strides = [Int](repeating: 0, count: output.rank)
        for (axis, stride) in output.rowMajorStrides.enumerated() { strides[permutation[axis]] = stride }
        let from = try source(operand)
        let to = try MemoryLayoutHandle.strided(operand.shape, strides: strides)
        let engine = engine.handle
        let primitive = try add("Transpose") { pare_reorder_create(&$0, engine, from.layout.handle, to.handle) }
        let memory = try destination(to, rows: true)
        try primitive.set(PARE_SOURCE, from)
        try primitive.set(PARE_DESTINATION, memory)
        try addActivation(to: try bind(stage.output, at: index + 1, .strided(output)), stage)
        return true
    }

    /// Values between the old ones, axis by axis as images lie.
    mutating func buildResize(_ stage: PlannedStage, _ resize: Resize) throws(KernelError) {
        if resize.mode == .nearest && resize.coordinates != .cropped { return try buildMovement(stage) }
        var shape = stage.operands[0].shape
        guard resize.coordinates != .cropped, shape.count > 0, plan.values[stage.output].shape.count > 0, !resize.axes.isEmpty else {
            return try buildPlain(stage)
        }
        var (from, order) = try orderedSource(stage.operands[0])
        if order != .rows, resize.axes.contains(where: { $0 < 2 }) {
            (from, order) = (try reordered(from, to: .strided(shape)), .rows)
        }
        for (place, axis) in resize.axes.enumerated() {
            let axes = order.axes(shape)
            let own = axes.firstIndex { $0.axis == axis } ?? 0
            let taps = AxisTaps(
                resize.taps(at: place, of: shape[axis]), of: shape[axis], inner: axes[(own + 1)...].reduce(1) { $0 * $1.extent })
            shape = Shape(shape.dimensions.enumerated().map { $0.offset == axis ? resize.extents[place] : $0.element })
            let layout = try order.layout(shape)
            let memory = place == resize.axes.count - 1 ? try destination(layout) : try temporary(layout)
            let read = from
            addRanges("interpolate", count: shape.count / taps.inner, size: taps.inner) { taps.run(read, memory, $0, $1) }
            from = memory
        }
        try addActivation(to: from, stage)
    }
}

/// What the outputs along an axis are made of, as the kernel reads it.
private struct AxisTaps {
    let inputs: Int
    let inner: Int
    private var starts = [0]
    private var places: [Int] = []
    private var weights: [Float] = []

    init(_ taps: [Resize.Taps], of inputs: Int, inner: Int) {
        (self.inputs, self.inner) = (inputs, inner)
        for tap in taps {
            places += tap.sources.map(\.index)
            weights += tap.sources.map { Float($0.weight) }
            starts.append(places.count)
        }
    }

    func run(_ from: BoundMemory, _ to: BoundMemory, _ first: Int, _ last: Int) {
        guard let x = from.floats, let y = to.floats else { return }
        starts.withUnsafeBufferPointer { starts in
            places.withUnsafeBufferPointer { places in
                weights.withUnsafeBufferPointer { weights in
                    var taps = pare_taps(
                        inputs: inputs, outputs: starts.count - 1, inner: inner, starts: starts.baseAddress, places: places.baseAddress,
                        weights: weights.baseAddress)
                    pare_interpolate(&taps, x, y, first, last)
                }
            }
        }
    }
}

extension Networks.Operation {
    /// Whether each axis of the result has the indices of that axis of the input.
    fileprivate var movesAlongAxes: Bool {
        switch self {
        case .slice, .pad, .tile, .resize: true
        case .gather(let gather): gather.shape.rank == 1
        default: false
        }
    }
}

extension ElementMap {
    /// The same moves of images that lie in an order; nil where blocks of channels would not stay whole.
    fileprivate func inMemory(_ order: ImageOrder, _ input: Shape, _ output: Shape) -> ElementMap? {
        guard tables.count == 4 else { return nil }
        let strides = input.rowMajorStrides
        if case .blocks(let lanes) = order {
            guard output[1] == input[1], input[1] % lanes == 0, tables[1] == (0..<input[1]).map({ $0 * strides[1] }) else { return nil }
        }
        let (from, to) = (order.axes(input), order.axes(output))
        let steps = Shape(from.map(\.extent)).rowMajorStrides
        let own = to.indices.map { place -> [Int] in
            let axis = to[place].axis
            // Channels in blocks stay as they are.
            guard from[place].extent == input[axis] else { return (0..<to[place].extent).map { $0 * steps[place] } }
            return tables[axis].map { $0 == Self.outside ? $0 : $0 / strides[axis] * steps[place] }
        }
        return ElementMap(tables: own, fill: fill)
    }
}
