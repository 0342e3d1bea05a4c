import Networks
import Tensors

extension Operation {
    /// The result [shape] on constants, with the type that ONNX gives it; nil where Pare can't tell it exactly. Shapes must fit.
    ///
    /// Cost: as the reference kernel's.
    func folded(_ inputs: [Tensor], to shape: Shape) -> Tensor? {
        guard let first = inputs.first else { return nil }
        if isView { return first.reshaped(shape) }
        if let map = elementMap(from: first.shape, to: shape) { return first.moved(by: map, to: shape) }
        switch self {
        case .concatenation(let axis): return Self.joined(inputs, axis: axis, to: shape)
        case .unary(let function):
            let isTruth = function == .not || function == .isNaN
            return Tensor(shape: shape, elementType: isTruth ? .bool : first.elementType, numbers: first.numbers.map { function($0) })
        case .binary(let function):
            let isCut = function == .divide && first.elementType.wholeRange != nil
            return Self.combined(inputs, to: shape, function.isRelation ? .bool : first.elementType) { values in
                let value = function(values[0], values[1])
                return isCut ? value.rounded(.towardZero) : value
            }
        case .variadic(let function): return Self.combined(inputs, to: shape, first.elementType) { function($0) }
        case .select:
            return Self.combined(inputs, to: shape, inputs.count > 1 ? inputs[1].elementType : .float32) { $0[0] != 0 ? $0[1] : $0[2] }
        case .reduction(let reduction):
            return Self.reduced(first, axes: reduction.axes, to: shape, first.elementType) { reduction.function($0) }
        case .extremePlace(let place):
            return Self.reduced(first, axes: [place.axis], to: shape, .int64) { values in
                let best = place.isMaximum ? values.max() : values.min()
                return Double(best.flatMap { place.takesLast ? values.lastIndex(of: $0) : values.firstIndex(of: $0) } ?? 0)
            }
        case .placement(let placement):
            let places = if case .best(_, _, _, let givesPlaces) = placement { givesPlaces } else { false }
            let inputs = inputs.map { PlacedTensor(shape: $0.shape, values: $0.numbers) }
            return Tensor(
                shape: shape, elementType: places ? .int64 : first.elementType, numbers: placement.made(of: inputs, to: shape))
        case .cast(let type): return Tensor(shape: shape, elementType: type, numbers: first.numbers)
        default:
            // A convolution of constants may take longer than anyone waits.
            let work = inputs.dropFirst().reduce(first.count) { max($0, $1.count) }.multipliedReportingOverflow(by: max(shape.count, 1))
            guard inputs.allSatisfy({ $0.elementType == .float32 }), !work.overflow, work.partialValue <= 1 << 28 else { return nil }
            let result = ReferenceKernels.evaluate(self, inputs.map { ReferenceTensor($0) }, to: shape)
            return result.map { Tensor(shape: shape, floats: $0.values) }
        }
    }

    private static func joined(_ inputs: [Tensor], axis: Int, to shape: Shape) -> Tensor? {
        guard Set(inputs.map(\.elementType)).count == 1, let type = inputs.first?.elementType else { return nil }
        let outer = shape.dimensions[..<(axis < 0 ? axis + shape.rank : axis)].reduce(1, *)
        let storage = TensorStorage(byteCount: shape.count * type.byteCount) { memory in
            var place = 0
            for row in 0..<outer {
                for input in inputs {
                    let size = input.bytes.count / max(outer, 1)
                    let target = UnsafeMutableRawBufferPointer(rebasing: memory[place..<place + size])
                    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: input.bytes[row * size..<(row + 1) * size]))
                    place += size
                }
            }
        }
        return Tensor(shape: shape, elementType: type, storage: storage)
    }

    private static func combined(
        _ inputs: [Tensor], to shape: Shape, _ type: ElementType, _ function: ([Double]) -> Double
    ) -> Tensor {
        let operands = inputs.map { input in
            let numbers = input.numbers
            var spread: [Double] = []
            spread.reserveCapacity(shape.count)
            ElementMap.broadcast(from: input.shape, to: shape).forEach { spread.append(numbers[$1 ?? 0]) }
            return spread
        }
        let numbers = (0..<shape.count).map { index in function(operands.map { $0[index] }) }
        return Tensor(shape: shape, elementType: type, numbers: numbers)
    }

    private static func reduced(
        _ input: Tensor, axes: [Int], to shape: Shape, _ type: ElementType, _ function: ([Double]) -> Double
    ) -> Tensor? {
        let gone = Set(axes)
        let order = input.shape.dimensions.indices.filter { !gone.contains($0) } + gone.sorted()
        let size = gone.reduce(1) { $0 * input.shape[$1] }
        let sorted = Operation.transpose(permutation: order).elementMap(from: input.shape, to: input.shape)
        guard size > 0, let sorted else { return nil }
        let numbers = input.numbers
        var results: [Double] = []
        var values: [Double] = []
        sorted.forEach { _, source in
            values.append(numbers[source ?? 0])
            if values.count == size {
                results.append(function(values))
                values = []
            }
        }
        return Tensor(shape: shape, elementType: type, numbers: results)
    }
}

extension Tensor {
    /// The elements where a map says, whatever their type.
    fileprivate func moved(by map: ElementMap, to shape: Shape) -> Tensor {
        let size = elementType.byteCount
        let fill = Tensor(shape: [1], elementType: elementType, numbers: [Double(map.fill)])
        let storage = TensorStorage(byteCount: shape.count * size) { memory in
            map.forEach { place, source in
                let from = source.map { bytes[$0 * size..<($0 + 1) * size] } ?? fill.bytes[...]
                UnsafeMutableRawBufferPointer(rebasing: memory[place * size..<(place + 1) * size]).copyBytes(from: from)
            }
        }
        return Tensor(shape: shape, elementType: elementType, storage: storage)
    }
}
