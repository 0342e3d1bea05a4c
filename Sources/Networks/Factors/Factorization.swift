import Tensors

/// A method with the ranks between the layers that it makes, those of one group.
public struct Factorization: Codable, Hashable, Sendable {
    public let method: FactorMethod
    /// One, or of ``FactorMethod/tucker`` that of the inputs and that of the outputs.
    public let ranks: [Int]

    /// Ranks are held to what a group of such weights can have, at least 1; of ``FactorMethod/tucker`` also to what the other one can fill.
    public init(_ method: FactorMethod, ranks: [Int], of weights: WeightGeometry) {
        self.method = method
        var held = zip(ranks, method.largestRanks(of: weights)).map { max(1, min($0, $1)) }
        if held.count == 2 {
            held[1] = min(held[1], held[0] * weights.window)
            held[0] = min(held[0], held[1] * weights.window)
        }
        self.ranks = held
    }

    /// The rank of the only one, of the inputs for ``FactorMethod/tucker``.
    public var first: Int { ranks.first ?? 1 }
    /// That of the outputs for ``FactorMethod/tucker``, else the only one.
    public var last: Int { ranks.last ?? 1 }
    /// `48`, or `16/32` of two.
    public var text: String { ranks.map(String.init).joined(separator: "/") }
}

/// One of the layers that take the place of a factored one.
public struct FactorPart: Hashable, Sendable {
    /// Its name behind that of the layer.
    public enum Side: String, Codable, Hashable, Sendable, CaseIterable {
        case left, middle, right
    }

    public let side: Side
    /// Of its weights in the graph.
    public let shape: Shape
}

/// Which factor a layer is, and of what.
public struct LayerPart: Hashable, Sendable {
    /// The weight parameter of the layer that is the product.
    public let whole: String
    public let side: FactorPart.Side

    public init(whole: String, side: FactorPart.Side) {
        self.whole = whole
        self.side = side
    }
}

extension Factorization {
    /// The parts from right to left, as a convolution goes through them, with the shapes of their weights. Each has the groups of the whole.
    public func parts(of weights: WeightGeometry) -> [FactorPart] {
        let (groups, kernel) = (weights.groups, weights.kernel)
        let rows = weights.shape.rank == 0 ? 1 : weights.shape[0]
        let ones = kernel.map { _ in 1 }
        func part(_ side: FactorPart.Side, _ outputs: Int, _ inputs: Int, _ window: [Int]) -> FactorPart {
            FactorPart(side: side, shape: Shape([outputs, inputs] + window))
        }
        switch method {
        case .channel:
            let right = FactorPart(side: .right, shape: Shape([first * groups] + weights.shape.dimensions.dropFirst()))
            return [right, part(.left, rows, first, ones)]
        case .spatial:
            return [
                part(.right, first * groups, weights.inputs, [weights.height, 1]), part(.left, rows, first, [1, weights.width]),
            ]
        case .tucker:
            return [
                part(.right, first * groups, weights.inputs, ones), part(.middle, last * groups, first, kernel),
                part(.left, rows, last, ones),
            ]
        }
    }

    /// Numbers of all parts, in all groups.
    public func parameterCount(of weights: WeightGeometry) -> Int { parts(of: weights).reduce(0) { $0 + $1.shape.count } }

    /// Multiply-adds for one pixel of the layer's output, or one row of a dense layer's, where an input has strides times as many places along each axis:
    /// the first part of ``FactorMethod/spatial`` is still as wide as the input, that of ``FactorMethod/tucker`` as large.
    public func multiplyAdds(of weights: WeightGeometry, strides: [Int]) -> Int {
        parts(of: weights).reduce(0) { sum, part in
            guard part.side == .right else { return sum + part.shape.count }
            return switch method {
            case .channel: sum + part.shape.count
            case .spatial: sum + part.shape.count * (strides.last ?? 1)
            case .tucker: sum + part.shape.count * strides.reduce(1, *)
            }
        }
    }
}

extension Layer {
    /// The parts that take its place, in the order in which a graph goes through them.
    public func factorParts(_ factorization: Factorization) -> [FactorPart] {
        let parts = factorization.parts(of: geometry)
        return isTransposed ? parts.reversed() : parts
    }

    /// A part that takes its place, as a layer of its own: named like the parameter that holds it, without a bias.
    public func layer(of part: FactorPart) -> Layer {
        let name = name(of: part.side)
        var layer = Layer(
            name: name, weight: name, bias: nil, shape: part.shape, node: nil, isConvolution: isConvolution, isTransposed: isTransposed)
        layer.groups = groups
        layer.part = LayerPart(whole: weight, side: part.side)
        return layer
    }

    /// The parameter that holds a part: `conv2.left`.
    public func name(of side: FactorPart.Side) -> String { "\(name).\(side.rawValue)" }

    /// Multiply-adds of the parts for one pixel of the layer's output, see ``Factorization/multiplyAdds(of:strides:)``.
    public func multiplyAdds(_ factorization: Factorization) -> Int { factorization.multiplyAdds(of: geometry, strides: strides) }
}
