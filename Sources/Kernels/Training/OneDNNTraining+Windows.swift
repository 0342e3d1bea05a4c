import CKernels
import Networks
import Tensors

/// The maximum of each window, and a Relu.
final class MaximumStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let windows: pare_windows
    private let withRelu: Bool
    private let taps: AlignedBuffer
    private let workers: TrainingWorkers

    init(_ input: TrainedOperand, to output: TrainedTensor, _ windows: pare_windows, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.input, self.output, self.windows, self.withRelu, self.workers) = (input, output, windows, withRelu, workers)
        taps = AlignedBuffer(byteCount: output.shape.count * MemoryLayout<UInt16>.stride)
    }

    private var planes: Int { output.shape[0] * output.shape[1] }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(planes, size: windows.inputCount) { range in
            let (first, result) = (range.lowerBound, output.start + range.lowerBound * windows.outputCount)
            let taps = taps.start.assumingMemoryBound(to: UInt16.self) + first * windows.outputCount
            withUnsafePointer(to: windows) {
                pare_maximum_forward($0, input.start + first * windows.inputCount, range.count, result, taps)
            }
            if withRelu { pare_shift_rows(result, 1, range.count * windows.outputCount, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(planes, size: windows.inputCount) { range in
            let first = range.lowerBound
            let taps = taps.start.assumingMemoryBound(to: UInt16.self) + first * windows.outputCount
            withUnsafePointer(to: windows) {
                pare_maximum_backward(
                    $0, above + first * windows.outputCount, taps, range.count, input.adds, gradient + first * windows.inputCount)
            }
        }
    }
}

/// The mean of each window, and a Relu.
final class MeanStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let windows: pare_windows
    private let countsPadding: Int32
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(
        _ input: TrainedOperand, to output: TrainedTensor, _ windows: pare_windows, countsPadding: Bool, withRelu: Bool,
        _ workers: TrainingWorkers
    ) {
        (self.input, self.output, self.windows, self.withRelu, self.workers) = (input, output, windows, withRelu, workers)
        self.countsPadding = countsPadding ? 1 : 0
    }

    private var planes: Int { output.shape[0] * output.shape[1] }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(planes, size: windows.inputCount) { range in
            let (first, result) = (range.lowerBound, output.start + range.lowerBound * windows.outputCount)
            withUnsafePointer(to: windows) {
                pare_mean_forward($0, input.start + first * windows.inputCount, range.count, countsPadding, result)
            }
            if withRelu { pare_shift_rows(result, 1, range.count * windows.outputCount, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(planes, size: windows.inputCount) { range in
            let first = range.lowerBound
            withUnsafePointer(to: windows) {
                pare_mean_backward(
                    $0, above + first * windows.outputCount, range.count, countsPadding, input.adds,
                    gradient + first * windows.inputCount)
            }
        }
    }
}
