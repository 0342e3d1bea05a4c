import Networks
import Tensors

extension ReferenceTrainingKernels {
    /// The mean along axes; shape is what is left, with or without axes of extent 1.
    static func mean(_ x: DoubleTensor, axes: [Int], to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        let factor = 1 / Double(max(axes.reduce(1) { $0 * x.shape[$1] }, 1))
        places(x.shape, axes) { index, place in result.values[place] += factor * x.values[index] }
        return result
    }

    static func meanGradient(_ input: Shape, axes: [Int], _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: input)
        let factor = 1 / Double(max(axes.reduce(1) { $0 * input[$1] }, 1))
        places(input, axes) { index, place in result.values[index] = factor * gradient.values[place] }
        return result
    }

    /// Calls `body` with each element of the input and the one of the result that it belongs to.
    private static func places(_ input: Shape, _ axes: [Int], _ body: (_ index: Int, _ place: Int) -> Void) {
        for index in 0..<input.count {
            let position = input.position(of: index)
            let place = position.indices.filter { !axes.contains($0) }.reduce(0) { $0 * input[$1] + position[$1] }
            body(index, place)
        }
    }
}
