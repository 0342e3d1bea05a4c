import CKernels
import Tensors

/// Weights on a uniform grid: quantized forward, straight through backward, no gradient beyond the clip.
///
/// The grid of each channel or the layer is searched once an epoch by the plan's own rule and fixed in between; or its scale is learned
/// (Esser 2019, LSQ): ∂ŵ/∂s = round(w/s) − w/s inside and the end's code outside, summed over the weights and divided by √(n · highest code).
struct LinearWeights: TrainedRepresentation {
    let linear: LinearQuantization
    let learnsScales: Bool
    private(set) var grids: [UniformGrid]
    /// [channels] or [1].
    let scales: TrainableVector
    private let scaleGradient: FloatMemory

    var vectors: [TrainableVector] { learnsScales ? [scales] : [] }

    init(_ linear: LinearQuantization, learnsScales: Bool, context: TrainedContext) {
        self.linear = linear
        self.learnsScales = learnsScales
        grids = LinearWeights.search(linear, context)
        scales = TrainableVector(name: context.name + "/scales", values: grids.map(\.scale), decays: false)
        scaleGradient = FloatMemory(repeatElement(0, count: grids.count))
    }

    init(_ linear: LinearQuantization, learnsScales: Bool, grids: [UniformGrid], name: String) {
        self.linear = linear
        self.learnsScales = learnsScales
        self.grids = grids
        scales = TrainableVector(name: name + "/scales", values: grids.map(\.scale), decays: false)
        scaleGradient = FloatMemory(repeatElement(0, count: grids.count))
    }

    var settings: [String: Tensor] {
        [
            "scales": Tensor(shape: [scales.values.count], floats: Array(scales.values)),
            "zeroPoints": Tensor(shape: [grids.count], floats: grids.map { Float($0.zeroPoint) }),
        ]
    }

    private static func search(_ linear: LinearQuantization, _ context: TrainedContext) -> [UniformGrid] {
        let coder = LinearCoder(linear: linear)
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        if linear.hasManyScales {
            var grids: [UniformGrid] = []
            _ = linear.cells(context.layout).forEachChannel(of: masked.floats, blocks: WeightBlocks { false }) {
                grids.append(coder.grid(ofChannel: $0))
            }
            return grids
        }
        guard let survivors = context.survivors(of: masked) else {
            return [UniformGrid(bits: linear.bits, isSymmetric: linear.isSymmetric, scale: 1)]
        }
        return [coder.grid(of: survivors)]
    }

    mutating func renew(_ context: TrainedContext) {
        guard !learnsScales else { return }
        grids = LinearWeights.search(linear, context)
        for (index, grid) in grids.enumerated() { scales.values[index] = grid.scale }
    }

    /// A learned scale never reaches 0.
    private mutating func followScales() {
        guard learnsScales else { return }
        for (index, grid) in grids.enumerated() {
            let scale = max(scales.values[index], 1e-8)
            scales.values[index] = scale
            grids[index] = UniformGrid(bits: grid.bits, isSymmetric: grid.isSymmetric, scale: scale, zeroPoint: grid.zeroPoint)
        }
    }

    mutating func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        followScales()
        context.copyKept(into: effective)
        forEachPiece(of: effective, context) { piece, grid, _ in grid.quantize(UnsafeBufferPointer(piece), into: piece) }
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        if learnsScales { learn(gradient, context) }
        // Channels that are columns are brought into rows and back with their gradients.
        let shadow = FloatMemory(linear.hasManyScales && linear.cells(context.layout).isTransposed ? Array(context.shadow) : [])
        defer { withExtendedLifetime(shadow) {} }
        guard !shadow.floats.isEmpty else {
            forEachPiece(of: gradient, context) { piece, grid, offset in cut(context.shadow, offset, piece, grid) }
            return
        }
        var index = 0
        for channel in 0..<linear.cells(context.layout).channels {
            for row in 0..<linear.cells(context.layout).length {
                index = row * linear.cells(context.layout).channels + channel
                let (low, high) = grids[channel].ends
                if shadow.floats[index] < low || shadow.floats[index] > high { gradient[index] = 0 }
            }
        }
    }

    private func cut(
        _ shadow: UnsafeMutableBufferPointer<Float>, _ offset: Int, _ piece: UnsafeMutableBufferPointer<Float>, _ grid: UniformGrid
    ) {
        guard let source = shadow.baseAddress, let slope = piece.baseAddress else { return }
        let (low, high) = grid.ends
        pare_zero_outside(source + offset, piece.count, low, high, slope)
    }

    private func learn(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        for (index, grid) in grids.enumerated() {
            var (sum, count) = (0.0, 0)
            forEachRun(of: index, context) { start, length in
                guard let source = context.shadow.baseAddress, let slope = gradient.baseAddress else { return }
                let kept = context.kept?.baseAddress.map { UnsafePointer($0 + start) }
                sum += pare_scale_gradient(
                    source + start, slope + start, kept, length, grid.scale, Int32(grid.lowest), Int32(grid.highest))
                count += length
            }
            let divisor = (Double(max(1, count)) * Double(max(1, grid.highest))).squareRoot()
            scaleGradient.floats[index] = Float(sum / divisor)
        }
        scales.gradient = scaleGradient.floats
    }

    /// The weights of one grid as runs of neighbours.
    private func forEachRun(of grid: Int, _ context: TrainedContext, _ body: (Int, Int) -> Void) {
        let layout = linear.cells(context.layout)
        if !linear.hasManyScales {
            body(0, context.shadow.count)
        } else if layout.isTransposed {
            for row in 0..<layout.length { body(row * layout.channels + grid, 1) }
        } else {
            body(grid * layout.length, layout.length)
        }
    }

    /// Calls `body` with the values of each grid as one piece, and where it begins among rows.
    private func forEachPiece(
        of values: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext,
        _ body: (UnsafeMutableBufferPointer<Float>, UniformGrid, Int) -> Void
    ) {
        guard linear.hasManyScales else { return body(values, grids[0], 0) }
        var channel = 0
        _ = linear.cells(context.layout).forEachChannel(of: values, blocks: WeightBlocks { false }) { piece in
            body(piece, grids[channel], channel * linear.cells(context.layout).length)
            channel += 1
        }
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let span = 1 << linear.bits
        var tally = GridTally(span: span)
        for index in effective.values.indices where context.isKept(index) {
            let (grid, value) = (grids[linear.hasManyScales ? linear.cells(context.layout).channel(of: index) : 0], effective.values[index])
            let level = min(max(Int((value / grid.scale).rounded()), -span), span)
            tally.add(level: level, weight: context.shadow[index], value: value, scale: grid.scale)
            effective.levels[index] = Int32(level)
        }
        return LinearCoder(linear: linear).coded(tally, grids: grids)
    }
}

extension UniformGrid {
    /// The least and the largest level: where the grid cuts.
    var ends: (low: Float, high: Float) { (Float(lowest) * scale, Float(highest) * scale) }
}
