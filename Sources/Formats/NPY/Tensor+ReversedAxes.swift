import Tensors

extension Tensor {
    /// The same values with the axes the other way round, [A, B, C] as [C, B, A]. Cost: O(n), a copy.
    var withReversedAxes: Tensor {
        let size = elementType.byteCount
        let target = Shape(shape.dimensions.reversed())
        let (steps, bytes) = (strides, bytes)
        let storage = TensorStorage(byteCount: bytes.count) { memory in
            switch size {
            case 1: Self.turn(bytes, into: memory, shape, steps, UInt8.self)
            case 2: Self.turn(bytes, into: memory, shape, steps, UInt16.self)
            case 4: Self.turn(bytes, into: memory, shape, steps, UInt32.self)
            default: Self.turn(bytes, into: memory, shape, steps, UInt64.self)
            }
        }
        return Tensor(shape: target, elementType: elementType, storage: storage)
    }

    /// By axis, how far apart the neighbours along it lie in the target.
    private var strides: [Int] {
        var step = 1
        return shape.dimensions.map { extent in
            defer { step *= extent }
            return step
        }
    }

    /// Goes through the source in its order, as a counter with a digit for each axis.
    private static func turn<Element>(
        _ source: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer, _ shape: Shape, _ steps: [Int], _: Element.Type
    ) {
        let values = memory.bindMemory(to: Element.self)
        let (last, inner) = (shape.rank - 1, shape[shape.rank - 1])
        var digits = [Int](repeating: 0, count: shape.rank)
        var (read, start) = (0, 0)
        while read < values.count {
            for index in 0..<inner {
                values[start + index * steps[last]] = source.loadUnaligned(
                    fromByteOffset: (read + index) * MemoryLayout<Element>.size, as: Element.self)
            }
            read += inner
            var axis = last - 1
            while axis >= 0 {
                digits[axis] += 1
                start += steps[axis]
                if digits[axis] < shape[axis] { break }
                start -= digits[axis] * steps[axis]
                digits[axis] = 0
                axis -= 1
            }
        }
    }
}
