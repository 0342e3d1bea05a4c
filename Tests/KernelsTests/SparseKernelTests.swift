import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// Convolutions and products by lists of weights against the reference kernels with all zeros in place: every tail, stride, border and emptiness.
@Suite struct SparseKernelTests {
    private static let levels: [Double] = [0, 0.5, 0.7, 0.9, 0.98, 1]

    @Test(arguments: [8, 16])
    func convolutionsAgreeWithReference(lanes: Int) {
        for seed in 0..<60 {
            var builder = NetworkBuilder(input: [], seed: UInt64(seed * 2 + lanes))
            let groups = builder.draw(of: [1, 1, 1, 2, 3])
            let settings = Convolution(
                kernel: builder.draw(of: [[1, 1], [3, 3], [5, 5], [1, 3], [4, 2]]),
                strides: builder.draw(of: [[1, 1], [2, 2], [1, 2], [3, 3]]),
                dilations: builder.draw(of: [[1, 1], [1, 1], [2, 2], [3, 1]]),
                pads: builder.draw(of: [[0, 0, 0, 0], [1, 1, 1, 1], [2, 0, 1, 3], [0, 2, 0, 0]]), groups: groups)
            let images = builder.draw(1...33)
            let input: Shape = [
                images, groups * builder.draw(of: [1, 1, 2, 5]), builder.draw(13...15), builder.draw(of: [13, 14, 16, 21, 31, 59]),
            ]
            let extents = (0..<2).map { axis in
                let reach = (settings.kernel[axis] - 1) * settings.dilations[axis]
                return (input[axis + 2] + settings.pads[axis] + settings.pads[axis + 2] - reach - 1) / settings.strides[axis] + 1
            }
            let output: Shape = [images, groups * builder.draw(1...6), extents[0], extents[1]]
            check(settings, input, output, lanes, seed, &builder)
        }
    }

    /// Outputs so narrow that a tile has several rows, and so wide that the last one is moved back.
    @Test(arguments: 1...30)
    func widths(width: Int) {
        for lanes in [8, 16] {
            var builder = NetworkBuilder(input: [], seed: UInt64(width))
            let settings = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
            for height in [1, 2, 3, 5] { check(settings, [3, 4, height, width], [3, 5, height, width], lanes, width, &builder) }
        }
    }

    private func check(
        _ settings: Convolution, _ input: Shape, _ output: Shape, _ lanes: Int, _ seed: Int, _ builder: inout NetworkBuilder
    ) {
        let shape: Shape = [output[1], input[1] / settings.groups, settings.kernel[0], settings.kernel[1]]
        let images = ReferenceTensor(shape: input, values: normals(input.count, seed: UInt64(seed)))
        let weights = ReferenceTensor(shape: shape, values: sparse(shape, level: builder.draw(of: Self.levels), &builder))
        let bias = builder.toss() ? ReferenceTensor(shape: [output[1]], values: normals(output[1], seed: 3)) : nil
        let withRelu = builder.toss()
        let sums = ReferenceKernels.convolution(images, weights, bias, settings, to: output)
        let expected = withRelu ? ReferenceKernels.relu(sums) : sums
        let kernel = SparseKernel(settings, input: input, output: output, lanes: lanes, hasBias: bias != nil, withRelu: withRelu)
        weights.values.withUnsafeBufferPointer { kernel.load(weights: $0) }
        bias?.values.withUnsafeBufferPointer { kernel.load(bias: $0) }
        let source = Lanes(input, lanes), target = Lanes(output, lanes)
        source.take(images.values)
        kernel.run(from: source.start, to: target.start)
        let difference = relativeDifference(target.rows, expected.values)
        #expect(difference <= kernelTolerance, "\(lanes) lanes, seed \(seed): [\(input)], [\(output)], \(settings)")
    }

    /// Weights of which about `level` are zeros; now and then a whole filter.
    private func sparse(_ shape: Shape, level: Double, _ builder: inout NetworkBuilder) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(builder.draw(0...10_000)))
        let row = shape.count / shape[0]
        let empty = builder.toss() ? builder.draw(0...shape[0] - 1) : -1
        return (0..<shape.count).map { index in
            let value = Float(generator.normal())
            return generator.uniform() < level || index / row == empty ? 0 : value
        }
    }

    @Test(arguments: [8, 16])
    func productsAgreeWithReference(lanes: Int) {
        for images in 1...33 {
            var builder = NetworkBuilder(input: [], seed: UInt64(images))
            let (depth, units) = (builder.draw(1...70), builder.draw(1...40))
            let rows = normals(images * depth, seed: UInt64(images))
            let weights = sparse([units, depth], level: builder.draw(of: Self.levels), &builder)
            let bias = normals(units, seed: 9)
            let withRelu = builder.toss()
            let expected = (0..<images * units).map { index -> Float in
                let (image, unit) = index.quotientAndRemainder(dividingBy: units)
                let sum = (0..<depth).reduce(Double(bias[unit]) * 2) {
                    $0 + Double(rows[image * depth + $1]) * Double(weights[unit * depth + $1]) * 0.5
                }
                return Float(withRelu ? max(sum, 0) : sum)
            }
            for source in [SparseKernel.ProductSource.rows, .lanes] {
                let kernel = SparseKernel(
                    images: images, depth: depth, units: units, lanes: lanes, reads: source, hasBias: true, withRelu: withRelu)
                weights.withUnsafeBufferPointer { kernel.load(weights: $0, scale: 0.5) }
                bias.withUnsafeBufferPointer { kernel.load(bias: $0, scale: 2) }
                let side = Lanes([images, depth], lanes)
                side.take(rows)
                var (plain, found) = (rows, [Float](repeating: .nan, count: images * units))
                plain.withUnsafeMutableBytes { plain in
                    found.withUnsafeMutableBytes { found in
                        kernel.run(from: source == .lanes ? side.start : plain.baseAddress, to: found.baseAddress)
                    }
                }
                #expect(relativeDifference(found, expected) <= kernelTolerance, "\(images) images, \(depth) → \(units), \(source)")
            }
        }
    }

    /// A sum has the same bits whatever stands beside it.
    @Test func bitsDependOnNoTile() {
        let settings = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
        var builder = NetworkBuilder(input: [], seed: 4)
        let weights = sparse([9, 70, 3, 3], level: 0.8, &builder)
        let image = normals(70 * 15 * 20, seed: 8)
        func run(images: Int, lanes: Int) -> [Float] {
            let (input, output): (Shape, Shape) = ([images, 70, 15, 20], [images, 9, 15, 20])
            let kernel = SparseKernel(settings, input: input, output: output, lanes: lanes, hasBias: false, withRelu: false)
            weights.withUnsafeBufferPointer { kernel.load(weights: $0) }
            let source = Lanes(input, lanes), target = Lanes(output, lanes)
            source.take((0..<images).flatMap { _ in image })
            kernel.run(from: source.start, to: target.start)
            return target.rows
        }
        let one = run(images: 1, lanes: 8)
        for (images, lanes) in [(11, 8), (1, 16), (17, 16)] {
            let many = run(images: images, lanes: lanes)
            #expect((0..<images).allSatisfy { Array(many[$0 * one.count..<($0 + 1) * one.count]) == one })
        }
    }

    /// The loops beside the lists, which take their weights as they are.
    @Test func plainLoopsAgree() {
        let settings = Convolution(kernel: [3, 2], strides: [2, 1], dilations: [1, 2], pads: [1, 0, 0, 1], groups: 2)
        let (input, output): (Shape, Shape) = ([9, 6, 11, 12], [9, 4, 5, 11])
        var builder = NetworkBuilder(input: [], seed: 5)
        let weights = sparse([4, 3, 3, 2], level: 0.6, &builder)
        let images = normals(input.count, seed: 6)
        let source = Lanes(input, 8), target = Lanes(output, 8)
        source.take(images)
        var plain = pare_sparse_convolution(settings, input, output, lanes: 8, withRelu: true)
        plain.source = UnsafePointer(source.start.assumingMemoryBound(to: Float.self))
        plain.destination = target.start.assumingMemoryBound(to: Float.self)
        weights.withUnsafeBufferPointer { pare_sparse_convolve_plainly(&plain, $0.baseAddress, 2) }
        let sums = ReferenceKernels.convolution(
            ReferenceTensor(shape: input, values: images), ReferenceTensor(shape: [4, 3, 3, 2], values: weights), nil, settings, to: output)
        let expected = ReferenceKernels.relu(sums)
        #expect(relativeDifference(target.rows, expected.values) <= kernelTolerance)
    }
}

/// Images side by side.
private final class Lanes {
    let start: UnsafeMutableRawPointer
    private let (images, columns, lanes): (Int, Int, Int)

    init(_ shape: Shape, _ lanes: Int) {
        (images, columns, self.lanes) = (shape[0], shape.rowCount, lanes)
        start = .allocate(byteCount: max(64, (images + lanes - 1) / lanes * lanes * columns * 4), alignment: 64)
    }

    deinit { start.deallocate() }

    private var floats: UnsafeMutablePointer<Float> { start.assumingMemoryBound(to: Float.self) }

    func take(_ rows: [Float]) {
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for first in stride(from: 0, to: images, by: lanes) {
                pare_to_lanes(
                    base + first * columns, Int64(images - first), Int64(columns), Int64(columns), Int64(lanes), Int64(lanes),
                    floats + first * columns)
            }
        }
    }

    var rows: [Float] {
        var rows = [Float](repeating: .nan, count: images * columns)
        rows.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for first in stride(from: 0, to: images, by: lanes) {
                pare_from_lanes(
                    floats + first * columns, Int64(images - first), Int64(columns), Int64(columns), Int64(lanes), Int64(lanes),
                    base + first * columns)
            }
        }
        return rows
    }
}
