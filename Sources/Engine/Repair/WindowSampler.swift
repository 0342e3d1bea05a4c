import Networks
import Tensors

/// Where a layer's inputs and outputs lie in the values that its node reads and makes, for any place of an example.
///
/// Convolutions without groups, over any number of axes, and products x · W of a Gemm or MatMul.
struct WindowSampler {
    /// Numbers that one output is made of, in the order of a row of the weights.
    let inputs: Int
    let outputs: Int
    /// Places of one example that have outputs.
    let places: Int
    /// Nil for a product.
    private let windows: Windows?

    private struct Windows {
        let settings: Convolution
        let channels: Int
        let input: [Int]
        let output: [Int]
        /// Offsets along each axis, by tap.
        let taps: [[Int]]
        var area: Int { input.reduce(1, *) }
    }

    /// - Parameters:
    ///   - input: The shape of one example of what the node reads.
    ///   - output: That of what it makes.
    ///   - readsOnly: Whether only what the outputs are made of is asked for: then groups (whose inputs follow one another) and factors of a Gemm do.
    /// Nil for operators that it does not know, groups, and factors of a Gemm that are not 1.
    init?(_ node: Node, input: Shape, output: Shape, readsOnly: Bool = false) {
        switch node.operation {
        case .convolution(let settings) where input.rank == settings.kernel.count + 1 && output.rank == input.rank:
            guard settings.groups == 1 || readsOnly else { return nil }
            let taps = Self.taps(settings)
            windows = Windows(
                settings: settings, channels: input[0], input: Array(input.dimensions.dropFirst()),
                output: Array(output.dimensions.dropFirst()), taps: taps)
            (inputs, outputs, places) = (input[0] * taps.count, output[0], output.dimensions.dropFirst().reduce(1, *))
        case .gemm(let gemm):
            guard !gemm.transposeA, readsOnly || (gemm.alpha == 1 && gemm.beta == 1) else { return nil }
            fallthrough
        case .matrixMultiplication:
            guard let last = input.dimensions.last, let width = output.dimensions.last, width > 0 else { return nil }
            windows = nil
            (inputs, outputs, places) = (last, width, output.count / width)
        default: return nil
        }
    }

    private static func taps(_ settings: Convolution) -> [[Int]] {
        zip(settings.kernel, settings.dilations).reduce([[]]) { taps, axis in
            taps.flatMap { tap in (0..<axis.0).map { tap + [$0 * axis.1] } }
        }
    }

    /// Writes the numbers that the outputs of a place are made of, `step` apart.
    func read(_ example: UnsafeBufferPointer<Float>, place: Int, into column: UnsafeMutablePointer<Float>, step: Int) {
        guard let windows else {
            for index in 0..<inputs { column[index * step] = example[place * inputs + index] }
            return
        }
        let corner = corner(of: place, windows)
        let (area, count) = (windows.area, windows.taps.count)
        for (number, tap) in windows.taps.enumerated() {
            let pixel = pixel(corner, tap, windows)
            for channel in 0..<windows.channels {
                column[(channel * count + number) * step] = pixel.map { example[channel * area + $0] } ?? 0
            }
        }
    }

    /// Writes chosen outputs of a place, `step` apart.
    func write(
        _ example: UnsafeBufferPointer<Float>, place: Int, _ chosen: [Int], into column: UnsafeMutablePointer<Float>, step: Int
    ) {
        for (row, output) in chosen.enumerated() {
            column[row * step] = example[windows == nil ? place * outputs + output : output * places + place]
        }
    }

    /// Where a window begins along each axis, before the padding is taken off.
    private func corner(of place: Int, _ windows: Windows) -> [Int] {
        var (rest, corner) = (place, windows.output)
        for axis in windows.output.indices.reversed() {
            corner[axis] = rest % windows.output[axis] * windows.settings.strides[axis] - windows.settings.pads[axis]
            rest /= windows.output[axis]
        }
        return corner
    }

    /// The pixel under a tap; nil in the padding.
    private func pixel(_ corner: [Int], _ tap: [Int], _ windows: Windows) -> Int? {
        var pixel = 0
        for axis in corner.indices {
            let place = corner[axis] + tap[axis]
            guard place >= 0, place < windows.input[axis] else { return nil }
            pixel = pixel * windows.input[axis] + place
        }
        return pixel
    }
}
