import CKernels
import COneDNN
import Networks
import Tensors

/// The steps that weights are multiples of, by parameter: one, or one for each output channel.
final class WeightSteps {
    var values: [String: [Float]] = [:]
}

/// What a sum of integers is multiplied with, by output channel: the step of its weights times that of the levels it reads.
final class SumScales {
    private(set) var values: [Float]
    private var steps: [Float] = [1]
    private var input: Float = 0
    private let factor: Float

    init(count: Int, factor: Float) {
        values = Array(repeating: 0, count: count)
        self.factor = factor
    }

    func take(steps: [Float]) {
        self.steps = steps
        update()
    }

    func take(clip: Float, of grid: LevelGrid) {
        input = clip > 0 ? clip / Float(grid.largest) : 0
        update()
    }

    private func update() {
        for channel in values.indices {
            let scale = input * (steps.count == values.count ? steps[channel] : steps.first ?? 0)
            values[channel] = factor == 1 ? scale : scale * factor
        }
    }
}

/// The clip of what a layer reads, as its scales have it.
final class ScaleClip: ParameterCopy {
    let name: String
    private let grid: LevelGrid
    private let scales: SumScales

    init(_ grid: LevelGrid, _ scales: SumScales) {
        (name, self.grid, self.scales) = (grid.clip, grid, scales)
    }

    func load(_ values: Tensor) { scales.take(clip: values.floats.first ?? 0, of: grid) }
}

/// The weights of a layer as whole numbers of 8 bits in the layout of its kernel.
///
/// Weights that are no multiples of their steps leave what is there: nobody runs it then.
final class IntegerWeights: ParameterCopy {
    /// How the file has them.
    struct Form {
        /// [M, …], or [K, M] where an output channel is a column.
        var shape: Shape
        var hasColumns = false
        /// Images [C, H, W] that a product reads with their channels last.
        var images: Shape?
    }

    let name: String
    let memory: BoundMemory
    let scales: SumScales
    private let form: Form
    private let steps: WeightSteps
    private let engine: ProcessorEngine
    private let buffer: AlignedBuffer
    private let plain: AlignedBuffer
    private let reorder: Primitive

    /// Weights that a kernel reads as `target`, whose extents are `shape`.
    init(
        _ name: String, _ form: Form, as shape: Shape, to target: MemoryLayoutHandle, steps: WeightSteps, scales: SumScales,
        in engine: ProcessorEngine
    ) throws(KernelError) {
        (self.name, self.form, self.steps, self.scales, self.engine) = (name, form, steps, scales, engine)
        buffer = AlignedBuffer(byteCount: target.byteCount)
        plain = AlignedBuffer(byteCount: shape.count)
        memory = try BoundMemory(target, in: engine, at: buffer.start)
        let rows = try BoundMemory(.strided(shape, of: PARE_TYPE_SIGNED_BYTES), in: engine, at: plain.start)
        var handle: OpaquePointer?
        try check(pare_reorder_create(&handle, engine.handle, rows.layout.handle, target.handle), "reorder \(name) of 8 bits")
        reorder = Primitive(try made(handle, "reorder \(name) of 8 bits"))
        try reorder.set(PARE_SOURCE, rows)
        try reorder.set(PARE_DESTINATION, memory)
    }

    func load(_ values: Tensor) throws(KernelError) {
        guard let own = steps.values[name], let (codes, _) = Self.multiples(values, own, form) else { return }
        scales.take(steps: own)
        let target = plain.start.assumingMemoryBound(to: Int8.self)
        place(codes, at: target)
        try check(pare_primitive_execute(reorder.handle, engine.handle), "reorder \(name) of 8 bits")
    }

    /// Row by row, an output channel a row, in the order of what is read.
    private func place(_ codes: [Int8], at target: UnsafeMutablePointer<Int8>) {
        guard form.hasColumns || form.images != nil else {
            codes.withUnsafeBufferPointer { if let start = $0.baseAddress { target.update(from: start, count: $0.count) } }
            return
        }
        let units = form.hasColumns ? form.shape[1] : form.shape[0]
        let depth = codes.count / max(1, units)
        let channels = form.images?[0] ?? 1
        let pixels = depth / max(1, channels)
        for unit in 0..<units {
            for index in 0..<depth {
                let place = form.images == nil ? index : index % pixels * channels + index / pixels
                target[unit * depth + place] = codes[form.hasColumns ? index * units + unit : unit * depth + index]
            }
        }
    }

    /// Weights as multiples of their steps, cut to 8 bits, and the least and largest of them; nil where they are none.
    static func multiples(_ values: Tensor, _ steps: [Float], _ form: Form) -> (codes: [Int8], range: ClosedRange<Int>)? {
        let rows = form.shape.rank == 0 ? 1 : form.shape[0]
        let columns = values.count / max(1, rows)
        let channels = form.hasColumns ? columns : rows
        guard steps.count == 1 || steps.count == channels else { return nil }
        let kind = steps.count == 1 ? PARE_ONE_STEP : form.hasColumns ? PARE_STEP_A_COLUMN : PARE_STEP_A_ROW
        var codes = [Int8](repeating: 0, count: values.count)
        var (lowest, highest): (Int32, Int32) = (0, 0)
        let fits = values.withFloats { weights in
            pare_multiples(weights.baseAddress, rows, columns, steps, Int32(kind), &codes, &lowest, &highest)
        }
        return fits == 0 ? nil : (codes, Int(lowest)...Int(highest))
    }
}
