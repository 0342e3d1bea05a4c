import Tensors

extension ShapeInference {
    func convolution(_ settings: Convolution) throws(ShapeError) -> Shape {
        let images = try images()
        let weights = try input(1)
        try check(kernel: settings.kernel, settings.strides, settings.dilations, settings.pads)
        guard settings.groups > 0, images[1] % settings.groups == 0 else {
            throw error("channels divisible by \(settings.groups) groups", "\(images[1])")
        }
        guard weights.rank == 4, weights[1] == images[1] / settings.groups, weights[0] % settings.groups == 0,
            Array(weights.dimensions[2...]) == settings.kernel
        else {
            let kernel = settings.kernel.map(String.init).joined(separator: ", ")
            throw error("weights [M, \(images[1] / settings.groups), \(kernel)]", "[\(weights)]")
        }
        if let bias = optional(2), bias.dimensions != [weights[0]] { throw error("a bias [\(weights[0])]", "[\(bias)]") }
        let window = Pooling(
            kernel: settings.kernel, strides: settings.strides, pads: settings.pads, dilations: settings.dilations)
        return Shape([images[0], weights[0]] + (try extents(images, window)))
    }

    func pooling(_ settings: Pooling) throws(ShapeError) -> Shape {
        let images = try images()
        try check(kernel: settings.kernel, settings.strides, settings.dilations, settings.pads)
        for axis in 0..<2 where max(settings.pads[axis], settings.pads[axis + 2]) >= settings.span(axis) {
            throw error("pads smaller than the window", "\(settings.pads)")
        }
        return Shape([images[0], images[1]] + (try extents(images, settings)))
    }

    func globalAveragePool() throws(ShapeError) -> Shape {
        let images = try images()
        guard images[2] > 0, images[3] > 0 else { throw error("images with pixels", "[\(images)]") }
        return [images[0], images[1], 1, 1]
    }

    private func check(kernel: [Int], _ strides: [Int], _ dilations: [Int], _ pads: [Int]) throws(ShapeError) {
        for setting in [kernel, strides, dilations] {
            guard setting.count == 2, setting.allSatisfy({ (1...Self.limit).contains($0) }) else {
                throw error("two positive settings of a window", "\(setting)")
            }
        }
        guard pads.count == 4, pads.allSatisfy({ (0...Self.limit).contains($0) }) else {
            throw error("four pads of at least 0", "\(pads)")
        }
    }

    private func extents(_ images: Shape, _ window: Pooling) throws(ShapeError) -> [Int] {
        var result: [Int] = []
        for axis in 0..<2 {
            guard let extent = window.outputExtent(of: images[axis + 2], axis: axis) else {
                throw error("[\(images)] to hold a window of \(window.span(axis))", "\(images[axis + 2]) with pads \(window.pads)")
            }
            result.append(extent)
        }
        return result
    }
}

extension Pooling {
    /// Pixels that one window spans along an axis (0 vertical, 1 horizontal): dilation · (kernel − 1) + 1.
    public func span(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

    /// Positions of the window along an axis of `extent` pixels; nil where it does not fit once.
    ///
    /// (extent + pads − span) / stride + 1, rounded down, or up with `ceilMode`; a last window that would start in the padding after the
    /// pixels is dropped, as ONNX has it.
    public func outputExtent(of extent: Int, axis: Int) -> Int? {
        let free = extent + pads[axis] + pads[axis + 2] - span(axis)
        guard extent > 0, free >= 0 else { return nil }
        guard ceilMode else { return free / strides[axis] + 1 }
        let count = (free + strides[axis] - 1) / strides[axis] + 1
        return (count - 1) * strides[axis] >= extent + pads[axis] ? count - 1 : count
    }
}
