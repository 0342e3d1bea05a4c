import Compression
import Foundation
import Networks
import Tensors

/// A seeded layer with weights to compress, and what a plan makes of it by the library.
struct LayerCase {
    let layer: Layer
    let weights: [Float]
    let tensor: Tensor
    let distribution: WeightDistribution

    init(
        _ weights: [Float], shape: Shape, isTransposed: Bool = false, isConvolution: Bool = false, groups: Int = 1, name: String = "fc1"
    ) throws {
        self.weights = weights
        var layer = Layer(
            name: name, weight: "\(name).weight", bias: "\(name).bias", shape: shape, node: 0, isConvolution: isConvolution,
            isTransposed: isTransposed)
        layer.isFactorable = true
        layer.groups = groups
        self.layer = layer
        tensor = Tensor(shape: shape, floats: weights)
        distribution = try WeightDistribution(tensor)
    }

    /// Laplace weights; every third layer has ties on a grid of 1/32, every fourth exact zeros, every fifth is transposed.
    init(seed: UInt64, rows: Int? = nil, columns: Int? = nil) throws {
        var generator = SeededGenerator(seed: seed)
        let (rows, columns) = (rows ?? Int(generator.next() % 9) + 1, columns ?? Int(generator.next() % 60) + 1)
        let weights = (0..<rows * columns).map { _ in
            let weight = 0.1 * generator.laplace()
            if seed % 4 == 0, generator.uniform() < 0.2 { return Float(0) }
            return Float(seed % 3 == 0 ? (weight * 32).rounded() / 32 : weight)
        }
        try self.init(weights, shape: [rows, columns], isTransposed: seed % 5 == 0, isConvolution: seed % 2 == 0)
    }

    func compressed(
        _ plan: LayerPlan, bias: [Float]? = nil, inputs: InputMoments? = nil, findsOptimum: Bool = true
    ) throws -> CompressedLayer {
        let rule = PruningRule(plan, distribution)
        let bias = bias.map { Tensor(shape: [$0.count], floats: $0) }
        let result = try LayerCompressor.compress(
            layer: layer, weights: tensor, bias: bias, distribution: distribution, plan: plan, rule: rule, inputs: inputs,
            removal: plan.removesByLoss ? inputs.map(trace) : nil, findsOptimum: findsOptimum)
        return try requireValue(result)
    }

    /// In which order its weights are best removed.
    private func trace(_ inputs: InputMoments) -> RemovalTrace {
        var trace = RemovalTrace(of: layer)
        if let source = RemovalSource(inputs, layer: layer, weights: tensor) { while !trace.isComplete { trace.step(source) } }
        return trace
    }

    /// σ by two passes in double.
    var deviation: Double { deviation(of: weights) }

    func deviation(of weights: [Float]) -> Double {
        guard weights.count > 1 else { return 0 }
        let mean = weights.reduce(0.0) { $0 + Double($1) } / Double(weights.count)
        let squares = weights.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(weights.count - 1)).squareRoot()
    }

    /// The weights after pruning, by sorting all of them.
    func pruned(_ pruning: Pruning) -> [Float] {
        switch pruning.criterion {
        case _ where pruning.amount == 0: return weights
        case .ratio:
            let sample = pruning.deviation == .all ? weights : weights.filter { $0 != 0 }
            let threshold = pruning.amount * deviation(of: sample)
            return weights.map { Double(abs($0)) > threshold ? $0 : 0 }
        case .level:
            let zeros = Int((pruning.amount * Double(weights.count)).rounded())
            let order = weights.indices.sorted { (abs(weights[$0]), $0) < (abs(weights[$1]), $1) }
            var kept = weights
            for index in order.prefix(zeros) { kept[index] = 0 }
            return kept
        }
    }

    /// The weights of each output channel, as positions.
    var channels: [[Int]] {
        let (rows, columns) = (layer.shape[0], layer.shape[1])
        if layer.isTransposed { return (0..<columns).map { column in (0..<rows).map { $0 * columns + column } } }
        return (0..<rows).map { row in (0..<columns).map { row * columns + $0 } }
    }
}

struct MissingValue: Error {}

func requireValue<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw MissingValue() }
    return value
}

/// Squared distance of two arrays, in double.
func squaredError(_ first: [Float], _ second: [Float]) -> Double {
    zip(first, second).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
}

/// Bits of a Huffman code by merging the two rarest symbols again and again.
func huffmanBits(_ counts: [Int]) -> Int {
    var weights = counts.filter { $0 > 0 }.sorted()
    if weights.count == 1 { return weights[0] }
    var bits = 0
    while weights.count > 1 {
        let merged = weights.removeFirst() + weights.removeFirst()
        bits += merged
        weights.insert(merged, at: weights.firstIndex { $0 >= merged } ?? weights.count)
    }
    return bits
}

/// "han" bytes of values that are stored with an index: gaps, codes, fillers and overhead, one by one.
func hanBytes(_ weights: [Float], valueBits: Int, indexBits: Int, overheadBits: Int, hasCodes: Bool) -> (sparse: Int, huffman: Int) {
    var (gaps, values, last) = ([Int: Int](), [Float: Int](), -1)
    for (position, weight) in weights.enumerated() where weight != 0 {
        while position - last > 1 << indexBits {
            last += 1 << indexBits
            gaps[(1 << indexBits) - 1, default: 0] += 1
            values[0, default: 0] += 1
        }
        gaps[position - last - 1, default: 0] += 1
        values[weight, default: 0] += 1
        last = position
    }
    let entries = gaps.values.reduce(0, +)
    let codes = hasCodes ? min(huffmanBits(Array(values.values)), entries * valueBits) : entries * valueBits
    let indexes = min(huffmanBits(Array(gaps.values)), entries * indexBits)
    return ((entries * (valueBits + indexBits) + overheadBits + 7) / 8, (codes + indexes + overheadBits + 7) / 8)
}
