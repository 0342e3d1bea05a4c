import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// The layout of images [N, C, H, W] side by side.
    func laneLayout(_ shape: Shape) throws(KernelError) -> MemoryLayoutHandle {
        var handle: OpaquePointer?
        let dimensions = shape.dimensions.map(Int64.init)
        try check(pare_layout_create_lanes(&handle, dimensions, Int32(choice.lanes)), "describe [\(shape)] in lanes")
        return MemoryLayoutHandle(try made(handle, "describe [\(shape)] in lanes"))
    }

    /// A computed value [N, C, H, W] in lanes, brought there where it lies otherwise.
    mutating func laneSource(_ operand: Operand) throws(KernelError) -> BoundMemory {
        if case .value(let value, let shape) = operand, liesInLanes[value], shape == plan.values[value].shape {
            return try bind(value, at: index, layouts[value])
        }
        let shape = operand.shape
        let found = try unlaned(operand)
        let order = try ImageOrder(of: found.layout, shape)
        let isLast = order == .channelsLast && shape[1] >= 8
        let memory = isLast ? found : try reordered(found, to: .strided(shape))
        let copy = try temporary(laneLayout(shape))
        current.steps.append(
            .lanes(LaneReorder(into: true, isLast ? .channelsLast : .rows, shape, lanes: choice.lanes, from: memory, to: copy)))
        return copy
    }

    /// A value that lies in lanes as rows, or with its channels last.
    mutating func rowSource(_ value: Int, plain: Bool) throws(KernelError) -> BoundMemory {
        let shape = plan.values[value].shape
        let isLast = !plain && shape[1] >= 8 && shape[2] * shape[3] > 1
        let memory = try bind(value, at: index, layouts[value])
        let copy = try temporary(isLast ? ImageOrder.channelsLast.layout(shape) : .strided(shape))
        current.steps.append(
            .lanes(LaneReorder(into: false, isLast ? .channelsLast : .rows, shape, lanes: choice.lanes, from: memory, to: copy)))
        return copy
    }

    /// A convolution by lists of its weights, and the window maximum that was joined to it.
    mutating func buildSparseConvolution(_ layer: ConvolutionLayer, _ stage: PlannedStage) throws(KernelError) {
        let source = try laneSource(layer.source)
        let kernel = SparseKernel(
            layer.settings, input: layer.source.shape, output: layer.output, lanes: choice.lanes, hasBias: layer.bias != nil,
            withRelu: layer.activation != nil)
        current.constants.append(SparseParameter(layer.weights, of: kernel))
        if let bias = layer.bias { current.constants.append(SparseParameter(bias, of: kernel, isBias: true)) }
        let output = plan.values[stage.output].shape
        let memory = try destination(laneLayout(output))
        guard let pooling = stage.pooling else {
            current.steps.append(.sparse(SparseStage(kernel, from: source, to: memory)))
            return
        }
        current.steps.append(
            .sparsePooled(
                SparsePooledStage(
                    kernel, pooling.settings, images: layer.output, output: output, lanes: choice.lanes, from: source, to: memory)))
    }

    /// A product by lists of its weights: from rows, or from images in lanes as they lie.
    mutating func buildSparseProduct(_ stage: PlannedStage, _ operand: Operand, _ layer: LinearLayer) throws(KernelError) {
        let lies = imagesInLanes(operand)
        let source =
            if let value = lies { try bind(value, at: index, layouts[value]) } else { try unlaned(operand, plain: true) }
        let kernel = SparseKernel(
            images: operand.shape[0], depth: layer.depth, units: layer.units, lanes: choice.lanes, reads: lies == nil ? .rows : .lanes,
            hasBias: layer.bias != nil, withRelu: stage.activation != nil)
        current.constants.append(
            SparseParameter(
                layer.weights.name, of: kernel, scale: layer.weightScale, transposed: layer.isTransposed ? layer.units : nil))
        if let bias = layer.bias {
            current.constants.append(SparseParameter(bias.name, of: kernel, isBias: true, scale: layer.biasScale))
        }
        let memory = try destination(.strided([operand.shape[0], layer.units]), rows: true)
        current.steps.append(.sparse(SparseStage(kernel, from: source, to: memory)))
    }

    /// The value in lanes that a flattened operand [N, C · H · W] is.
    func imagesInLanes(_ operand: Operand) -> Int? {
        guard case .value(let value, let shape) = operand, liesInLanes[value], shape.rank == 2, shape[0] == plan.values[value].shape[0]
        else { return nil }
        return value
    }

    /// Window maximum in lanes.
    mutating func buildLanePooling(_ stage: PlannedStage, _ settings: Pooling) throws(KernelError) {
        let (source, output) = (try laneSource(stage.operands[0]), plan.values[stage.output].shape)
        let memory = try destination(laneLayout(output))
        let maximum = LaneMaximum(
            settings, stage.operands[0].shape.planes(of: choice.lanes), output.planes(of: choice.lanes), lanes: choice.lanes)
        current.steps.append(.maximum(PooledImages(maximum, from: source, to: memory)))
        try addActivation(to: memory, stage)
    }
}

extension Shape {
    /// Images in lanes as planes side by side: [1, ⌈N / lanes⌉ · C · lanes, H, W].
    func planes(of lanes: Int) -> Shape { [1, self[0].rounded(up: lanes) * self[1], self[2], self[3]] }
}
