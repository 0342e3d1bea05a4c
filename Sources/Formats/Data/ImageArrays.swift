import Networks
import Tensors

/// Arrays of examples as a network's inputs: the order of the axes is recognized by the network's shape, or said.
enum ImageArrays {
    /// [N, …] as [N, C, H, W] or [N, values]; uint8 or float32. Throws where the layout that was said can't be.
    ///
    /// A target is [C, H, W] where it is one of pictures. [H, W] is one channel. [H, W, C] is turned into [C, H, W] where the network reads that, or, while no network is known, where the last axis is 1 or 3 and
    /// the first is not.
    static func arranged(_ tensor: Tensor, file: String, for target: InputTarget) throws(FormatError) -> StoredExamples {
        let example = Array(tensor.shape.dimensions.dropFirst())
        let inputs = tensor.asInputs
        let stored = "\(Shape(example)) \(tensor.elementType)"
        func kept(_ shape: [Int], _ layout: ImageLayout?) -> StoredExamples {
            StoredExamples(inputs: inputs.reshaped(Shape([tensor.shape[0]] + shape)), stored: stored, layout: layout)
        }
        switch example.count {
        case 0: return kept([1], nil)
        case 2: return kept([1] + example, nil)
        case 3 where try isLast(example, file, target):
            try check([example[2], example[0], example[1]], .nhwc, example, file, target)
            return StoredExamples(inputs: turned(inputs), stored: stored, layout: .nhwc)
        case 3:
            try check(example, .nchw, example, file, target)
            return kept(example, .nchw)
        default: return kept(example, nil)
        }
    }

    private static func isLast(_ example: [Int], _ file: String, _ target: InputTarget) throws(FormatError) -> Bool {
        if let said = target.options.layout { return said == .nhwc }
        if let wanted = target.shape?.dimensions, wanted.count == 3 {
            if fits(example, wanted) { return false }
            if fits([example[2], example[0], example[1]], wanted) { return true }
        }
        return [1, 3].contains(example[2]) && ![1, 3].contains(example[0])
    }

    /// Throws where the order that was said can't be the network's, and the other one is.
    private static func check(
        _ arranged: [Int], _ layout: ImageLayout, _ example: [Int], _ file: String, _ target: InputTarget
    ) throws(FormatError) {
        guard target.options.layout != nil, let wanted = target.shape?.dimensions, wanted.count == 3, !fits(arranged, wanted),
            fits(layout == .nchw ? [example[2], example[0], example[1]] : example, wanted)
        else { return }
        let axes = layout == .nchw ? "channels × rows × columns" : "rows × columns × channels"
        throw FormatError(
            .mismatch, file: file, reading: "examples in the layout \(layout.rawValue)",
            expected: "\(wanted[0]) channels of \(wanted[1])×\(wanted[2])", actual: "[\(Shape(example))] as \(axes)",
            cure: "Say --layout \(layout == .nchw ? "nhwc" : "nchw"), or leave it out.")
    }

    /// Rows and columns are equal, and so are the channels, or can be made so.
    private static func fits(_ own: [Int], _ wanted: [Int]) -> Bool {
        own.dropFirst() == wanted.dropFirst() && (own[0] == wanted[0] || Set([own[0], wanted[0]]) == [1, 3])
    }

    /// [N, H, W, C] as [N, C, H, W], or the other way round. Cost: O(values).
    static func turned(_ tensor: Tensor, toLast: Bool = false) -> Tensor {
        let own = tensor.shape.dimensions
        let dimensions = toLast ? [own[0], own[2], own[3], own[1]] : own
        let (area, channels, size) = (dimensions[1] * dimensions[2], dimensions[3], tensor.elementType.byteCount)
        let bytes = tensor.bytes
        let storage = TensorStorage(byteCount: bytes.count) { memory in
            for example in 0..<dimensions[0] {
                let start = example * area * channels
                for channel in 0..<channels {
                    for pixel in 0..<area {
                        let (last, first) = (start + pixel * channels + channel, start + channel * area + pixel)
                        let (from, to) = toLast ? (first, last) : (last, first)
                        if size == 1 {
                            memory[to] = bytes[from]
                        } else {
                            let value = bytes.loadUnaligned(fromByteOffset: 4 * from, as: UInt32.self)
                            memory.storeBytes(of: value, toByteOffset: 4 * to, as: UInt32.self)
                        }
                    }
                }
            }
        }
        let shape = toLast ? dimensions : [dimensions[0], channels, dimensions[1], dimensions[2]]
        return Tensor(shape: Shape(shape), elementType: tensor.elementType, storage: storage)
    }
}
