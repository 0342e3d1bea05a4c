import Tensors

/// One axis of memory: indices of a tensor's axis, every so many.
struct MemoryAxis: Hashable {
    var axis: Int
    var extent: Int
    /// How many indices of the tensor's axis one step is.
    var factor = 1
}

extension ImageOrder {
    /// The axes of memory, outermost first; channels in blocks stand twice, which must fill their blocks.
    func axes(_ shape: Shape) -> [MemoryAxis] {
        func whole(_ axes: some Sequence<Int>) -> [MemoryAxis] { axes.map { MemoryAxis(axis: $0, extent: shape[$0]) } }
        switch self {
        case .rows: return whole(shape.dimensions.indices)
        case .channelsLast: return whole([0, 2, 3, 1])
        case .blocks(let lanes):
            return whole([0]) + [MemoryAxis(axis: 1, extent: shape[1] / lanes, factor: lanes)] + whole([2, 3])
                + [MemoryAxis(axis: 1, extent: lanes)]
        }
    }
}

extension StageBuilder {
    /// A value as it lies, where that is an order of its axes without gaps; else row-major.
    mutating func orderedSource(_ operand: Operand) throws(KernelError) -> (memory: BoundMemory, order: ImageOrder) {
        guard operand.shape.rank == 4 else { return (try source(operand, plain: true), .rows) }
        let memory = try source(operand)
        if memory.layout.byteCount == operand.shape.count * 4, let order = try ImageOrder(of: memory.layout, operand.shape) {
            return (memory, order)
        }
        return (try reordered(memory, to: .strided(operand.shape)), .rows)
    }

    /// A value as it lies, where only numbers lie in it, or images side by side; else row-major. What lies beside images is nobody's.
    mutating func denseSource(_ operand: Operand) throws(KernelError) -> BoundMemory {
        let memory = try source(operand)
        if choice.usesLanes(index) || memory.layout.byteCount == operand.shape.count * 4 { return memory }
        return try reordered(memory, to: .strided(operand.shape))
    }
}
