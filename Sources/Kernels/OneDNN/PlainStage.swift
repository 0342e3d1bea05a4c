import Networks
import Tensors

/// An operation that has no fast kernel, by its reference kernel on row-major values.
final class PlainStage {
    private let operation: Operation
    private let sources: [(shape: Shape, memory: BoundMemory)]
    private let output: Shape
    private let destination: BoundMemory

    init(_ operation: Operation, _ sources: [(shape: Shape, memory: BoundMemory)], to destination: BoundMemory, _ output: Shape) {
        self.operation = operation
        self.sources = sources
        self.destination = destination
        self.output = output
    }

    func run() {
        if case .lookup = operation { return lookUp() }
        let inputs = sources.map { shape, memory in
            let floats = UnsafeBufferPointer(start: memory.data?.assumingMemoryBound(to: Float.self), count: shape.count)
            return ReferenceTensor(shape: shape, values: Array(floats))
        }
        guard let result = ReferenceKernels.evaluate(operation, inputs, to: output), let data = destination.data else { return }
        result.values.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { data.copyMemory(from: start, byteCount: bytes.count) }
        }
    }
}

extension PlainStage {
    /// Without a copy of the table.
    private func lookUp() {
        func floats(_ memory: BoundMemory) -> UnsafeMutablePointer<Float>? { memory.data?.assumingMemoryBound(to: Float.self) }
        ReferenceKernels.lookUp(
            UnsafeBufferPointer(start: floats(sources[0].memory), count: sources[0].shape.count),
            UnsafeBufferPointer(start: floats(sources[1].memory), count: sources[1].shape.count),
            into: UnsafeMutableBufferPointer(start: floats(destination), count: output.count))
    }
}

extension StageBuilder {
    /// By the reference kernel.
    mutating func buildPlain(_ stage: PlannedStage) throws(KernelError) {
        let output = plan.values[stage.output].shape
        var sources: [(shape: Shape, memory: BoundMemory)] = []
        for operand in stage.operands { sources.append((operand.shape, try source(operand, plain: true))) }
        let memory = try destination(.strided(output))
        current.steps.append(.plain(PlainStage(stage.operation, sources, to: memory, output)))
        try addActivation(to: memory, stage)
    }
}
