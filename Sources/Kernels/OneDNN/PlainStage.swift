import COneDNN
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

/// Elements moved by the tables of an ``ElementMap``, on the threads of oneDNN: runs of neighbours are copied as a whole.
final class MovedElements {
    private let map: ElementMap
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()

    init(_ map: ElementMap, from source: BoundMemory, to destination: BoundMemory) {
        self.map = map
        self.source = source
        self.destination = destination
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let width = map.tables.last?.count ?? 1
        let rows = width == 0 ? 0 : map.count / width
        let grain = max(16_384 / max(width, 1), rows / (4 * Int(max(threads, 1))), 1)
        pare_parallel(
            threads, rows, grain,
            { context, _, first, last in
                guard let context else { return }
                Unmanaged<MovedElements>.fromOpaque(context).takeUnretainedValue().run(first, last)
            }, context)
    }

    private func run(_ first: Int, _ last: Int) {
        guard let from = source.data?.assumingMemoryBound(to: Float.self), let to = destination.data?.assumingMemoryBound(to: Float.self)
        else { return }
        map.moveRows(first..<last, from: from, to: to)
    }
}

extension StageBuilder {
    /// By tables of moves, or by the reference kernel.
    mutating func buildPlain(_ stage: PlannedStage) throws(KernelError) {
        let output = plan.values[stage.output].shape
        var sources: [(shape: Shape, memory: BoundMemory)] = []
        for operand in stage.operands { sources.append((operand.shape, try source(operand, plain: true))) }
        let memory = try destination(.strided(output))
        if let map = stage.operation.elementMap(from: sources[0].shape, to: output) {
            current.steps.append(.movement(MovedElements(map, from: sources[0].memory, to: memory)))
        } else {
            current.steps.append(.plain(PlainStage(stage.operation, sources, to: memory, output)))
        }
        try addActivation(to: memory, stage)
    }
}
