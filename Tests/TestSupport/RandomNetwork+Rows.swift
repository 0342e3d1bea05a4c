import Networks
import Tensors

/// Blocks of rows [K] and of tokens [T, K].
extension RandomNetwork {
    /// A Gemm either way round, or a MatMul with an Add behind it.
    mutating func dense(_ value: Value, to units: Int, kind: String) -> Value {
        let (inputs, hasBias) = (value.shape[0], toss())
        switch draw(0...3) {
        case 0:
            let names = weights(kind, [inputs, units], fanIn: inputs, biases: hasBias ? units : nil)
            return add(.gemm(Gemm()), [value], names)
        case 1:
            let names = weights(kind, [inputs, units], fanIn: inputs, biases: hasBias ? units : nil)
            let product = add(.matrixMultiplication, [value], [names[0]])
            return hasBias ? add(.add, [product], [names[1]]) : product
        case 2:
            let names = weights(kind, [units, inputs], fanIn: inputs, biases: units)
            return add(.gemm(Gemm(alpha: 0.5, beta: 2, transposeB: true)), [value], names)
        default:
            let names = weights(kind, [units, inputs], fanIn: inputs, biases: hasBias ? units : nil)
            return add(.gemm(Gemm(transposeB: true)), [value], names)
        }
    }

    mutating func denseBlock(_ value: Value) -> Value {
        guard draw(0...3) == 0 else { return finished(dense(value, to: draw(3...8), kind: "dense")) }
        let deep = finished(dense(value, to: value.shape[0], kind: "dense"))
        return add(.add, [deep, value])
    }

    /// [T, K]: a product over K with its bias, a sum with what it reads, a normalization over K.
    mutating func tokens(_ value: Value) -> Value {
        let size = value.shape[1]
        let names = weights("mix", [size, size], fanIn: size, biases: size)
        var mixed = add(.add, [add(.matrixMultiplication, [value], [names[0]])], [names[1]])
        mixed = toss() ? activated(mixed) : mixed
        if toss() { mixed = add(.add, [mixed, value]) }
        guard toss() else { return mixed }
        let name = name("ln")
        let norm = [
            parameter("\(name).weight", .normalization, [size], mean: 1, deviation: 0.3),
            parameter("\(name).bias", .normalization, [size], deviation: 0.3),
        ]
        return add(.layerNormalization(axis: -1, epsilon: 1e-5), [mixed], norm)
    }
}
