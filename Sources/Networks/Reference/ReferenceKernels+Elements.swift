import Tensors

extension ReferenceKernels {
    /// max(x, 0); NaN stays NaN.
    public static func relu(_ x: ReferenceTensor) -> ReferenceTensor { unary(x, .relu) }

    public static func unary(_ x: ReferenceTensor, _ function: UnaryFunction) -> ReferenceTensor {
        ReferenceTensor(shape: x.shape, values: x.values.map { Float(function(Double($0))) })
    }

    /// a + b with broadcasting to `shape`.
    public static func add(_ a: ReferenceTensor, _ b: ReferenceTensor, to shape: Shape) -> ReferenceTensor {
        binary(a, b, .add, to: shape)
    }

    public static func binary(
        _ a: ReferenceTensor, _ b: ReferenceTensor, _ function: BinaryFunction, to shape: Shape
    ) -> ReferenceTensor {
        combined([a, b], to: shape) { function($0[0], $0[1]) }
    }

    public static func variadic(_ inputs: [ReferenceTensor], _ function: VariadicFunction, to shape: Shape) -> ReferenceTensor {
        combined(inputs, to: shape) { function($0) }
    }

    /// The second input where the first is not 0, else the third.
    public static func select(_ inputs: [ReferenceTensor], to shape: Shape) -> ReferenceTensor {
        combined(inputs, to: shape) { $0[0] != 0 ? $0[1] : $0[2] }
    }

    /// Toward 0 for whole numbers, 0 or 1 for truth values, to the nearest for floats.
    public static func cast(_ x: ReferenceTensor, to type: ElementType) -> ReferenceTensor {
        let values = x.values.map { value -> Float in
            switch type {
            case .bool: return value != 0 ? 1 : 0
            case .float16: return value.roundedToHalf
            case .bfloat16: return value.roundedToBrainFloat
            case .float32, .float64: return value
            case _ where type.isFloat8: return value.rounded(to: type)
            default: return value.rounded(.towardZero)
            }
        }
        return ReferenceTensor(shape: x.shape, values: values)
    }

    private static func combined(_ inputs: [ReferenceTensor], to shape: Shape, _ function: ([Double]) -> Double) -> ReferenceTensor {
        let operands = inputs.map { input in
            ElementMap.broadcast(from: input.shape, to: shape)
        }
        var counters = [Int](repeating: 0, count: shape.rank)
        var gathered = [Double](repeating: 0, count: inputs.count)
        var values: [Float] = []
        values.reserveCapacity(shape.count)
        let walk = ElementMap(tables: shape.dimensions.map { [Int](repeating: 0, count: $0) })
        for _ in 0..<shape.count {
            for (place, operand) in operands.enumerated() {
                var index = 0
                for axis in counters.indices { index += operand.tables[axis][counters[axis]] }
                gathered[place] = Double(inputs[place].values[index])
            }
            values.append(Float(function(gathered)))
            walk.advance(&counters)
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}

extension ElementMap {
    /// Each axis of `input` aligned at the last of `output`, extents of 1 repeated.
    public static func broadcast(from input: Shape, to output: Shape) -> ElementMap {
        Operation.expand(dimensions: []).elementMap(from: input, to: output) ?? ElementMap(tables: [])
    }
}
