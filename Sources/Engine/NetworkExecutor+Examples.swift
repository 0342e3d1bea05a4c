import Kernels
import Networks

extension NetworkExecutor {
    /// Writes examples of a data set as the input of the next run; one that can't be read is an error.
    package func take(_ examples: ArraySlice<Int>, of data: Dataset) throws(KernelError) {
        try write(examples, of: data, to: withInput)
    }
}

extension TrainingExecutor {
    /// The same for a step of a training.
    package func take(_ examples: ArraySlice<Int>, of data: Dataset) throws(KernelError) {
        try write(examples, of: data, to: withInput)
    }
}

/// Fills the memory that `lend` lends.
private func write(
    _ examples: ArraySlice<Int>, of data: Dataset, to lend: ((UnsafeMutableBufferPointer<Float>) -> Void) -> Void
) throws(KernelError) {
    var failure: ExampleFailure?
    lend { input in
        do throws(ExampleFailure) { try data.fill(input, with: examples) } catch { failure = error }
    }
    if let failure { throw .examples(failure.description) }
}
