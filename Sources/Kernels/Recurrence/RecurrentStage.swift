import COneDNN
import Networks
import Tensors

/// A recurrent layer in a forward run, examples and directions shared out among the threads of oneDNN.
final class RecurrentStage {
    private let run: RecurrentRun
    private let sources: [BoundMemory]
    /// Values of each source.
    private let counts: [Int]
    private let destination: BoundMemory
    private let threads: Int
    private let statuses: UnsafeMutablePointer<Int32>

    init(_ recurrence: Recurrence, examples: Int, _ sources: [BoundMemory], counts: [Int], to destination: BoundMemory) {
        self.counts = counts
        run = RecurrentRun(recurrence, examples: examples, keeps: false)
        self.sources = sources
        self.destination = destination
        threads = run.work < RecurrentRun.little ? 1 : max(1, Int(pare_thread_count()))
        statuses = .allocate(capacity: threads)
        statuses.initialize(repeating: 0, count: threads)
    }

    deinit { statuses.deallocate() }

    func runAll() throws(KernelError) {
        guard let data else { throw .library(operation: run.recurrence.name, status: "no memory") }
        if run.recurrence.form != nil { return try runPlainly(to: data.output) }
        if threads == 1 {
            for (direction, rows) in run.shares(0, of: 1) { try check(run.forward(direction, rows, data), run.recurrence.name) }
            return
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            Int32(threads), threads, 1,
            { context, _, first, last in
                guard let context else { return }
                let stage = Unmanaged<RecurrentStage>.fromOpaque(context).takeUnretainedValue()
                for part in first..<last { stage.runPart(part) }
            }, context)
        for part in 0..<threads { try check(statuses[part], run.recurrence.name) }
    }

    /// Forms that have no kernel, as the definition reads.
    private func runPlainly(to output: UnsafeMutablePointer<Float>) throws(KernelError) {
        var inputs: [[Double]] = []
        for (source, count) in zip(sources, counts) {
            guard let start = source.data else { throw .library(operation: run.recurrence.name, status: "no memory") }
            inputs.append(UnsafeBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: count).map(Double.init))
        }
        for (place, value) in run.recurrence.evaluate(inputs, examples: run.examples).enumerated() { output[place] = Float(value) }
    }

    private func runPart(_ part: Int) {
        guard let data else { return }
        statuses[part] = 0
        for (direction, rows) in run.shares(part, of: threads) {
            let status = run.forward(direction, rows, data)
            if status != 0 { statuses[part] = status }
        }
    }

    private var data: RecurrentRun.Data? {
        func floats(_ place: Int?) -> UnsafePointer<Float>? {
            place.flatMap { sources[$0].data }.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
        }
        let recurrence = run.recurrence
        guard let inputs = floats(0), let weights = floats(1), let output = destination.data else { return nil }
        return RecurrentRun.Data(
            inputs: inputs, weights: weights, bias: floats(recurrence.biasPlace), firstHidden: floats(recurrence.firstHiddenPlace),
            firstCells: floats(recurrence.firstCellsPlace), output: output.assumingMemoryBound(to: Float.self))
    }
}

extension StageBuilder {
    /// A product and a loop over gates for each step.
    mutating func buildRecurrence(_ stage: PlannedStage, _ recurrence: Recurrence) throws(KernelError) {
        var sources: [BoundMemory] = []
        for operand in stage.operands { sources.append(try source(operand, plain: true)) }
        let memory = try destination(.strided(plan.values[stage.output].shape))
        let examples = stage.operands[0].shape[0] / recurrence.steps
        current.steps.append(
            .recurrent(RecurrentStage(recurrence, examples: examples, sources, counts: stage.operands.map(\.shape.count), to: memory)))
        try addActivation(to: memory, stage)
    }
}
