import Networks
import Tensors

extension GraphReader {
    /// Its modes were called bilinear and bicubic up to operator set 19.
    func sampledGrid(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let x = try dataShape(proto)
        guard proto.input.count == 2 else { throw .malformed(expected: "two inputs", actual: "\(proto.input.count)") }
        let modes: [String: GridSample.Mode] = [
            "nearest": .nearest, "linear": .linear, "bilinear": .linear, "cubic": .cubic, "bicubic": .cubic,
        ]
        let (stated, padding) = (try attributes.text("mode", "linear"), try attributes.text("padding_mode", "zeros"))
        guard let mode = modes[stated] else { throw .malformed(expected: "linear, nearest or cubic", actual: quoted(stated)) }
        guard let outside = GridSample.Outside(rawValue: padding) else {
            throw .malformed(expected: "zeros, border or reflection", actual: quoted(padding))
        }
        guard x.rank > 2, mode != .cubic || x.rank == 4 else { throw .unsupported("it is \(stated) over \(max(0, x.rank - 2)) axes") }
        if whole == nil, batchAxis(of: proto.input[0]) == 0, batchAxis(of: proto.input[1]) != 0 {
            throw .unsupported("its places are those of a fixed number of examples")
        }
        let aligns = try attributes.int("align_corners", 0) != 0
        return .signal(.sampledGrid(GridSample(mode: mode, outside: outside, alignsCorners: aligns, axes: x.rank - 2)))
    }

    func shortTimeFourier(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let x = try dataShape(proto)
        guard x.rank < 3 || x.dimensions.last == 1 else { throw .unsupported("its signal is of complex numbers") }
        guard let step = try oneNumber(proto, 1), step > 0 else { throw .malformed(expected: "a step of frames", actual: "none") }
        var window: Tensor?
        if proto.input.count > 2, !proto.input[2].isEmpty {
            guard let stated = constant(proto.input[2]) else { throw .unsupported("its window is computed by the graph") }
            window = stated
        }
        guard let length = try oneNumber(proto, 3) ?? window?.count, length > 0, window.map({ $0.count == length }) != false else {
            throw .malformed(expected: "a window of the length of a frame", actual: "\(window?.count ?? 0)")
        }
        return .signal(
            .shortTimeFourier(
                ShortTimeFourier(
                    step: step, length: length, window: window?.inFloat32.floats.map { $0 },
                    isOneSided: try attributes.int("onesided", 1) != 0)))
    }

    /// The axis is an attribute up to operator set 19, the third input from 20 on.
    func fourier(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let rank = try dataShape(proto).rank
        let axis = try version < 20 ? attributes.int("axis", 1) : oneNumber(proto, 2) ?? -2
        let (isInverse, isOneSided) = (try attributes.int("inverse", 0) != 0, try attributes.int("onesided", 0) != 0)
        guard !isInverse || !isOneSided else { throw .unsupported("it is the inverse of one side") }
        return .signal(
            .fourier(
                Fourier(
                    axis: try positive([axis], rank: rank)[0], length: try oneNumber(proto, 1), isInverse: isInverse, isOneSided: isOneSided
                ))
        )
    }

    /// A constant of one whole number; nil where it is left out.
    private func oneNumber(_ proto: ONNXNodeProto, _ position: Int) throws(NodeProblem) -> Int? {
        guard let found = try numbers(proto, position) else { return nil }
        guard found.count == 1 else { throw .malformed(expected: "one number as input \(position + 1)", actual: "\(found.count)") }
        return found[0]
    }
}
