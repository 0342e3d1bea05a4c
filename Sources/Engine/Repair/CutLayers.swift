import Networks
import Tensors

/// What a cut left of each layer: places along the axes of parameters that stayed, of those that lost some.
public struct KeptPlaces: Sendable {
    /// By parameter and axis; all where nothing is said.
    public var kept: [String: [Int: [Int]]]

    public init(_ kept: [String: [Int: [Int]]] = [:]) { self.kept = kept }

    func places(_ parameter: String, axis: Int, count: Int) -> [Int] { kept[parameter]?[axis] ?? Array(0..<count) }

    /// Whether a layer reads fewer channels than before.
    func losesInputs(_ layer: Layer) -> Bool { kept[layer.weight]?[layer.inputAxis] != nil }
}

extension Layer {
    /// The axis of the weights along which its inputs lie.
    var inputAxis: Int { isTransposed ? 0 : 1 }
    /// That along which its filters or units lie.
    var filterAxis: Int { isTransposed ? shape.rank - 1 : 0 }

    /// The weights as rows of what each output is made of, [outputs, inputs].
    func rows(of values: Tensor) -> [Float] {
        let floats = values.floats
        guard isTransposed else { return floats }
        let (outputs, inputs) = (outputCount, count / max(1, outputCount))
        return (0..<outputs * inputs).map { floats[$0 % inputs * outputs + $0 / inputs] }
    }

    /// The same back in the order of the file.
    func values(ofRows rows: [Float]) -> Tensor {
        let (outputs, inputs) = (outputCount, count / max(1, outputCount))
        guard isTransposed else { return Tensor(shape: shape, floats: rows) }
        return Tensor(shape: shape, floats: (0..<outputs * inputs).map { rows[$0 % outputs * inputs + $0 / outputs] })
    }
}

extension Network {
    /// Whether what is the same at all places of a layer's outputs is made up for: by its bias, or by a normalization.
    func isCentred(_ layer: Layer) -> Bool { layer.bias != nil || !normalizations(behind: layer).isEmpty }

    /// The normalizations that read what a layer gives, if nothing else does.
    func normalizations(behind layer: Layer) -> [Node] {
        guard let output = layer.node.flatMap({ nodes[$0].outputs.first }) else { return [] }
        let readers = index.readers(of: output).map { nodes[$0] }
        return readers.allSatisfy { if case .batchNormalization = $0.operation { true } else { false } } ? readers : []
    }
}
