import Networks
import Tensors

extension Factorization {
    /// The product of parts from right to left as its definition reads, in double.
    public func product(_ parts: [[Float]], of weights: WeightGeometry) -> [Float] {
        let (groups, window, inputs) = (weights.groups, weights.window, weights.inputs)
        let width = weights.kernel.count == 2 ? weights.kernel[1] : 1
        let height = window / width
        return (0..<weights.shape.count).map { place in
            let (t, s, x) = (place / (inputs * window), place / window % inputs, place % window)
            let group = t / max(1, weights.shape[0] / groups)
            func right(_ rank: Int, _ rest: Int, of count: Int) -> Double { Double(parts[0][(group * first + rank) * count + rest]) }
            switch method {
            case .channel:
                return Float(
                    (0..<first).reduce(0.0) { $0 + Double(parts[1][t * first + $1]) * right($1, s * window + x, of: inputs * window) })
            case .spatial:
                let (i, j) = (x / width, x % width)
                return Float(
                    (0..<first).reduce(0.0) {
                        $0 + Double(parts[1][(t * first + $1) * width + j]) * right($1, s * height + i, of: inputs * height)
                    })
            case .tucker:
                return Float(
                    (0..<last).reduce(0.0) { sum, b in
                        let inner = (0..<first).reduce(0.0) {
                            $0 + Double(parts[1][((group * last + b) * first + $1) * window + x]) * right($1, s, of: inputs)
                        }
                        return sum + Double(parts[2][t * last + b]) * inner
                    })
            }
        }
    }
}

extension WeightGeometry {
    /// A factorization by a method that these weights have, of random ranks.
    public func factorization(_ generator: inout SeededGenerator) -> Factorization? {
        let methods = FactorMethod.allCases.filter { $0.obstacle(in: self) == nil }
        guard let method = methods.randomElement(using: &generator) else { return nil }
        let ranks = method.largestRanks(of: self).map { Int.random(in: 1...max(1, $0), using: &generator) }
        return Factorization(method, ranks: ranks, of: self)
    }
}
