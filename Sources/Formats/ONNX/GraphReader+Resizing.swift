import Networks
import Tensors

extension GraphReader {
    /// Scales or sizes of operator sets 11 and later; set 10 has scales alone and coordinates without half pixels.
    func resize(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard version > 10 else { return try upsample(proto, attributes) }
        let shape = try dataShape(proto)
        let named = try attributes.ints("axes")
        let axes = try named.map { axes throws(NodeProblem) in try positive(axes, rank: shape.rank) } ?? Array(shape.dimensions.indices)
        let coordinates = try attributes.text("coordinate_transformation_mode", "half_pixel")
        guard let place = Resize.Coordinates(rawValue: coordinates) else {
            throw .unsupported("its coordinates are \(escaped(coordinates, limit: 40))")
        }
        var resize = Resize(
            axes: axes, factors: [], extents: [], isBySizes: false, mode: try mode(of: attributes), coordinates: place)
        let rounding = try attributes.text("nearest_mode", "round_prefer_floor")
        guard let known = Resize.Rounding(rawValue: rounding) else {
            throw .malformed(expected: "a nearest_mode of the standard", actual: quoted(rounding))
        }
        resize.rounding = known
        resize.cubicCoefficient = try attributes.float("cubic_coeff_a", -0.75)
        resize.excludesOutside = try attributes.int("exclude_outside", 0) != 0
        resize.smooths = try attributes.int("antialias", 0) != 0
        resize.outside = try attributes.float("extrapolation_value", 0)
        if place == .cropped { resize.region = try region(proto, axes.count) }
        try setExtents(of: &resize, proto, attributes, shape)
        return try finished(resize, shape)
    }

    /// Scales alone, coordinates without half pixels, nearest rounded down.
    func upsample(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let shape = try dataShape(proto)
        var resize = Resize(
            axes: Array(shape.dimensions.indices), factors: [], extents: [], isBySizes: false, mode: try mode(of: attributes),
            coordinates: .asymmetric)
        resize.rounding = .down
        let scales = if proto.input.count > 1 { try floats(proto, 1) } else { try attributes.floats("scales") }
        try setScales(of: &resize, scales ?? [], shape)
        // Of operator set 10 a smaller extent rounds up, as the standard's case has it.
        let changed = resize.factors.filter { $0 != 1 }
        if changed.contains(where: { $0 < 1 }) {
            guard resize.mode != .nearest || changed.allSatisfy({ $0 < 1 }) else {
                throw .unsupported("it makes one axis larger and another smaller by nearest neighbours")
            }
            resize.rounding = .up
        }
        return try finished(resize, shape)
    }

    private func mode(of attributes: NodeAttributes) throws(NodeProblem) -> Resize.Mode {
        let name = try attributes.text("mode", "nearest")
        // Upsample of set 7 and 9 calls it so for any number of axes, and PyTorch's early exporter "bilinear".
        guard let mode = Resize.Mode(rawValue: name == "bilinear" ? "linear" : name) else {
            throw .unsupported("its mode is \(escaped(name, limit: 40))")
        }
        return mode
    }

    /// Constant numbers of an input; nil where it is left out or empty.
    private func floats(_ proto: ONNXNodeProto, _ position: Int) throws(NodeProblem) -> [Float]? {
        guard position < proto.input.count, !proto.input[position].isEmpty else { return nil }
        guard let tensor = constant(proto.input[position]) else { throw .unsupported("its sizes are computed by the graph") }
        return tensor.count == 0 ? nil : tensor.floats
    }

    /// Start and end along each axis in turn; ONNX has all starts before all ends.
    private func region(_ proto: ONNXNodeProto, _ count: Int) throws(NodeProblem) -> [Float] {
        guard let stated = try floats(proto, 1), stated.count == 2 * count else {
            throw .malformed(expected: "\(2 * count) numbers of a region", actual: "others")
        }
        return (0..<count).flatMap { [stated[$0], stated[$0 + count]] }
    }

    private func setExtents(
        of resize: inout Resize, _ proto: ONNXNodeProto, _ attributes: NodeAttributes, _ shape: Shape
    ) throws(NodeProblem) {
        if let scales = try floats(proto, 2) { return try setScales(of: &resize, scales, shape) }
        guard let stated = try numbers(proto, 3), stated.count == resize.axes.count else {
            throw .malformed(expected: "\(resize.axes.count) scales or sizes", actual: "others")
        }
        let olds = resize.axes.map { shape[$0] }
        // Where the examples lie, the number that the file was written for keeps them.
        let fixed = input.batch ?? 1
        let sizes = zip(stated, olds).map { isOfBatch($1) && $0 == $1 / Self.examples * fixed ? $1 : $0 }
        let factors = zip(sizes, olds).map { Float($0) / Float($1) }
        switch try attributes.text("keep_aspect_ratio_policy", "stretch") {
        case "stretch": (resize.factors, resize.extents, resize.isBySizes) = (factors, sizes, true)
        case let policy where ["not_larger", "not_smaller"].contains(policy):
            let factor = (policy == "not_larger" ? factors.min() : factors.max()) ?? 1
            let extents = olds.map { Int((Double(factor) * Double($0) + 0.5).rounded(.down)) }
            guard zip(extents, olds).allSatisfy({ $0 == Self.scaled($1, by: factor) }) else {
                throw .unsupported("it keeps the aspect ratio with sizes that no scale gives")
            }
            try setScales(of: &resize, olds.map { _ in factor }, shape)
        case let policy: throw .malformed(expected: "a keep_aspect_ratio_policy of the standard", actual: quoted(policy))
        }
    }

    private func setScales(of resize: inout Resize, _ scales: [Float], _ shape: Shape) throws(NodeProblem) {
        guard scales.count == resize.axes.count, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw .malformed(expected: "\(resize.axes.count) scales above 0", actual: "\(scales.count)")
        }
        (resize.factors, resize.isBySizes) = (scales, false)
        resize.extents = zip(resize.axes, scales).map { Self.scaled(shape[$0], by: $1) }
    }

    private static func scaled(_ extent: Int, by factor: Float) -> Int {
        let product = Float(extent) * factor
        return product < Float(Int32.max) ? Int(product.rounded(.down)) : Int(Int32.max)
    }

    /// Without the axes that stay as they are; along the examples nothing may change.
    private func finished(_ resize: Resize, _ shape: Shape) throws(NodeProblem) -> Operation {
        var result = resize
        (result.axes, result.factors, result.extents, result.region) = ([], [], [], [])
        for place in resize.axes.indices {
            let (axis, factor, extent) = (resize.axes[place], resize.factors[place], resize.extents[place])
            let region = resize.region.isEmpty ? [] : Array(resize.region[2 * place...2 * place + 1])
            guard extent != shape[axis] || factor != 1 || !(region.isEmpty || region == [0, 1]) else { continue }
            guard !isOfBatch(shape[axis]) else { throw .unsupported("it resizes along the examples") }
            guard extent > 0, extent <= Int(Int32.max) / 2 else { throw .limit(expected: "sizes from 1 on", actual: "\(extent)") }
            result.axes.append(axis)
            result.factors.append(factor)
            result.extents.append(extent)
            result.region += region
        }
        return result.axes.isEmpty ? .identity : .resize(result)
    }
}
