import COneDNN
import Networks
import Tensors

/// Products of two stacks of matrices, either of which may be computed (as in attention: Vaswani and others, 2017), and a Relu.
final class StackStep: TrainingStep {
    private let (first, second): (TrainedOperand, TrainedOperand)
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let stack: MatrixStack

    init(
        _ first: TrainedOperand, _ second: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.first, self.second, self.output) = (first, second, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        stack = MatrixStack(first.shape, second.shape, to: output.shape)
    }

    private func a(_ index: Int) -> Int { stack.firsts[index] * stack.rows * stack.depth }
    private func b(_ index: Int) -> Int { stack.seconds[index] * stack.depth * stack.columns }
    private func y(_ index: Int) -> Int { index * stack.rows * stack.columns }
    private var sizes: (Int64, Int64, Int64) { (Int64(stack.rows), Int64(stack.depth), Int64(stack.columns)) }

    func forward(seed: UInt64) throws(KernelError) {
        let (rows, depth, columns) = sizes
        try each { index in
            pare_product(
                0, 0, rows, columns, depth, self.first.start + self.a(index), depth, self.second.start + self.b(index), columns, 0,
                self.output.start + self.y(index), columns)
        }
        guard withRelu else { return }
        for index in 0..<output.shape.count where output.start[index] < 0 { output.start[index] = 0 }
    }

    /// ∂A = ∂Y · Bᵀ and ∂B = Aᵀ · ∂Y, summed over the products that a matrix has part in.
    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        let (rows, depth, columns) = sizes
        if let gradient = first.gradient {
            try each(stack.firsts, adding: first.accumulates) { index, beta in
                pare_product(
                    0, 1, rows, depth, columns, above + self.y(index), columns, self.second.start + self.b(index), columns, beta,
                    gradient + self.a(index), depth)
            }
        }
        if let gradient = second.gradient {
            try each(stack.seconds, adding: second.accumulates) { index, beta in
                pare_product(
                    1, 0, depth, columns, rows, self.first.start + self.a(index), depth, above + self.y(index), columns, beta,
                    gradient + self.b(index), columns)
            }
        }
    }

    private func each(_ body: (Int) -> Int32) throws(KernelError) {
        let parts = stack.rows * stack.depth * stack.columns * stack.count < 400_000 ? 1 : workers.parts(of: stack.count)
        try workers.run(parts) { part in
            for index in workers.range(part, of: parts, count: stack.count) {
                let status = body(index)
                if status != 0 { return status }
            }
            return 0
        }
    }

    /// Products that leave something in the same matrix run one after another, and the first of them takes the place of what was there.
    private func each(_ targets: [Int], adding: Bool, _ body: (Int, Float) -> Int32) throws(KernelError) {
        if Set(targets).count == targets.count { return try each { body($0, adding ? 1 : 0) } }
        var seen = Set<Int>()
        for (index, target) in targets.enumerated() {
            let isFirst = seen.insert(target).inserted
            try check(body(index, isFirst && !adding ? 0 : 1), "train")
        }
    }
}
