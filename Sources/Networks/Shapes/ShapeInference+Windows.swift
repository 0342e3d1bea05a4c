import Tensors

extension ShapeInference {
    func convolution(_ settings: Convolution) throws(ShapeError) -> Shape {
        let images = try images()
        let weights = try input(1)
        try check(settings, images)
        guard weights.rank == images.rank, weights[1] == images[1] / settings.groups, weights[0] % settings.groups == 0,
            Array(weights.dimensions[2...]) == settings.kernel
        else {
            let kernel = settings.kernel.map(String.init).joined(separator: ", ")
            throw error("weights [M, \(images[1] / settings.groups), \(kernel)]", "[\(weights)]")
        }
        if let bias = optional(2), bias.dimensions != [weights[0]] { throw error("a bias [\(weights[0])]", "[\(bias)]") }
        return Shape([images[0], weights[0]] + (try extents(images, Pooling(settings))))
    }

    func transposedConvolution(_ settings: TransposedConvolution) throws(ShapeError) -> Shape {
        let images = try images()
        let weights = try input(1)
        let window = settings.window
        try check(window, images)
        let axes = window.kernel.count
        guard weights.rank == images.rank, weights[0] == images[1], Array(weights.dimensions[2...]) == window.kernel else {
            throw error("weights [\(images[1]), M, \(window.kernel.map(String.init).joined(separator: ", "))]", "[\(weights)]")
        }
        let filters = weights[1] * window.groups
        if let bias = optional(2), bias.dimensions != [filters] { throw error("a bias [\(filters)]", "[\(bias)]") }
        guard settings.outputPads.count == axes, settings.outputPads.allSatisfy({ (0...Self.limit).contains($0) }) else {
            throw error("\(axes) output pads of at least 0", "\(settings.outputPads)")
        }
        let extents = (0..<axes).map { settings.outputExtent(of: images[$0 + 2], axis: $0) }
        guard extents.allSatisfy({ (0...Self.limit).contains($0) }) else { throw error("pads smaller than the result", "\(window.pads)") }
        return Shape([images[0], filters] + extents)
    }

    func pooling(_ settings: Pooling) throws(ShapeError) -> Shape {
        let images = try images()
        try check(axes: images.rank - 2, settings.kernel, settings.strides, settings.dilations, settings.pads)
        for axis in settings.kernel.indices where settings.largestPad(axis) >= settings.span(axis) {
            throw error("pads smaller than the window", "\(settings.pads)")
        }
        return Shape([images[0], images[1]] + (try extents(images, settings)))
    }

    func globalPool() throws(ShapeError) -> Shape {
        let images = try images()
        guard images.dimensions[2...].allSatisfy({ $0 > 0 }) else { throw error("images with pixels", "[\(images)]") }
        return Shape([images[0], images[1]] + [Int](repeating: 1, count: images.rank - 2))
    }

    private func check(_ settings: Convolution, _ images: Shape) throws(ShapeError) {
        try check(axes: images.rank - 2, settings.kernel, settings.strides, settings.dilations, settings.pads)
        guard settings.groups > 0, images[1] % settings.groups == 0 else {
            throw error("channels divisible by \(settings.groups) groups", "\(images[1])")
        }
    }

    private func check(
        axes: Int, _ kernel: [Int], _ strides: [Int], _ dilations: [Int], _ pads: [Int]
    ) throws(ShapeError) {
        for setting in [kernel, strides, dilations] {
            guard setting.count == axes, setting.allSatisfy({ (1...Self.limit).contains($0) }) else {
                throw error("\(axes) positive settings of a window", "\(setting)")
            }
        }
        guard pads.count == 2 * axes, pads.allSatisfy({ (0...Self.limit).contains($0) }) else {
            throw error("\(2 * axes) pads of at least 0", "\(pads)")
        }
    }

    private func extents(_ images: Shape, _ window: Pooling) throws(ShapeError) -> [Int] {
        var result: [Int] = []
        for axis in window.kernel.indices {
            guard let extent = window.outputExtent(of: images[axis + 2], axis: axis) else {
                throw error("[\(images)] to hold a window of \(window.span(axis))", "\(images[axis + 2]) with pads \(window.pads)")
            }
            result.append(extent)
        }
        return result
    }
}

extension TransposedConvolution {
    /// (extent − 1) · stride + span + output pad − pads.
    public func outputExtent(of extent: Int, axis: Int) -> Int {
        let span = window.dilations[axis] * (window.kernel[axis] - 1) + 1
        let pads = window.pads[axis] + window.pads[axis + window.kernel.count]
        return (extent - 1) * window.strides[axis] + span + outputPads[axis] - pads
    }
}

extension Pooling {
    /// The window of a convolution.
    public init(_ settings: Convolution) {
        self.init(kernel: settings.kernel, strides: settings.strides, pads: settings.pads, dilations: settings.dilations)
    }

    /// The larger of the pads before and after an axis.
    public func largestPad(_ axis: Int) -> Int { max(pads[axis], pads[axis + kernel.count]) }

    /// Pixels that one window spans along an axis (0 vertical, 1 horizontal): dilation · (kernel − 1) + 1.
    public func span(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

    /// Positions of the window along an axis of `extent` pixels; nil where it does not fit once.
    ///
    /// (extent + pads − span) / stride + 1, rounded down, or up with `ceilMode`; a last window that would start in the padding after the
    /// pixels is dropped, as ONNX has it.
    public func outputExtent(of extent: Int, axis: Int) -> Int? {
        let free = extent + pads[axis] + pads[axis + kernel.count] - span(axis)
        guard extent > 0, free >= 0 else { return nil }
        guard ceilMode else { return free / strides[axis] + 1 }
        let count = (free + strides[axis] - 1) / strides[axis] + 1
        return (count - 1) * strides[axis] >= extent + pads[axis] ? count - 1 : count
    }
}
