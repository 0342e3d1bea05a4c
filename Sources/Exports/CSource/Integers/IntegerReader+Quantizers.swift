import Foundation
import Networks
import Tensors

/// Steps of two operands along up to four axes.
typealias IntegerSteps = (counts: [Int], a: [Int], b: [Int])

extension IntegerReader {
    mutating func quantize(_ node: Node, _ code: LinearCode) throws(ExportError) {
        let (scale, zeroPoint) = try grid(node, code)
        let shift = code.type == .uint8 ? 128 : 0
        let range = code.range.map { Int($0.lowerBound) - shift...Int($0.upperBound) - shift } ?? -128...127
        forms[node.outputs[0]] = .codes(try codes(node, scale, zeroPoint, range), code)
    }

    /// A plan's levels from 0 to a clip: their codes begin at −128.
    mutating func quantize(_ node: Node, _ quantizer: ActivationQuantizer) throws(ExportError) {
        guard case .clipped(let bits) = quantizer.kind, node.inputs.count == 2,
            let clip = network.parameters[node.inputs[1]]?.values.floats.first, clip > 0
        else { throw refusal(node, "of signs, or with a clip of 0") }
        let steps = (1 << bits) - 1
        forms[node.outputs[0]] = .exact(try codes(node, clip / Float(steps), -128, -128...(-128 + steps)))
    }

    mutating func dequantize(_ node: Node, _ code: LinearCode) throws(ExportError) {
        let (scale, zeroPoint) = try grid(node, code)
        switch forms[node.inputs[0]] {
        case .codes(let value, _):
            let own = result.values[value]
            guard own.scale == scale, own.zeroPoint == zeroPoint else { throw refusal(node, "by another scale than its codes are of") }
            forms[node.outputs[0]] = .exact(value)
        case .raw(let moves): forms[node.outputs[0]] = .exact(try enter(node, moves, scale, zeroPoint))
        case .exact, .open, nil: throw refusal(node, "of what are no codes")
        }
    }

    private func grid(_ node: Node, _ code: LinearCode) throws(ExportError) -> (scale: Float, zeroPoint: Int) {
        guard code.type == .int8 || code.type == .uint8, !code.isOfFourBits, code.block == nil else {
            throw refusal(node, code.isOfFourBits ? "to 4 bits" : code.block != nil ? "with scales of blocks" : "to \(code.type)")
        }
        guard node.inputs.count > 1, let scale = network.parameters[node.inputs[1]], scale.count == 1,
            let factor = scale.values.floats.first,
            factor > 0
        else { throw refusal(node, "by several scales") }
        let hasZero = node.inputs.count > 2 && !node.inputs[2].isEmpty
        let zero = hasZero ? Int(network.parameters[node.inputs[2]]?.values.floats.first ?? 0) : 0
        return (factor, code.type == .uint8 ? zero - 128 : zero)
    }

    /// The examples enter as codes of this scale.
    mutating func enter(_ node: Node, _ moves: [Move], _ scale: Float, _ zeroPoint: Int) throws(ExportError) -> Int {
        let own = result.values[0]
        guard own.scale == 0 || (own.scale == scale && own.zeroPoint == zeroPoint) else {
            throw refusal(node, "of the input by a second scale")
        }
        (result.values[0].scale, result.values[0].zeroPoint) = (scale, zeroPoint)
        var value = 0
        for move in moves { if let map = move.map { value = moved(value, map, move.count, node) } }
        return value
    }

    /// The card's pixels 0…255 as the codes −128…127 of the input, where the graph has no quantizer of its own.
    ///
    /// What stands for 0 is rounded to a code.
    mutating func quantizeInput(_ input: ModelCard.Input) {
        let hasOwn = network.nodes.contains {
            switch $0.operation {
            case .quantizeLinear, .dequantizeLinear: true
            default: false
            }
        }
        guard !hasOwn, let mean = input.mean.first, let deviation = input.standardDeviation.first, deviation > 0, input.scale > 0,
            input.mean.allSatisfy({ $0 == mean }), input.standardDeviation.allSatisfy({ $0 == deviation })
        else { return }
        let zero = (Double(mean) / Double(input.scale)).rounded() - 128
        (result.values[0].scale, result.values[0].zeroPoint) = (input.scale / deviation, Int(min(max(zero, -128), 127)))
        forms[network.input] = .exact(0)
    }

    /// The codes of a value, by a step where it is still open or has other codes.
    private mutating func codes(_ node: Node, _ scale: Float, _ zeroPoint: Int, _ range: ClosedRange<Int>) throws(ExportError) -> Int {
        switch forms[node.inputs[0]] {
        case .raw(let moves): return try enter(node, moves, scale, zeroPoint)
        case .exact(let value):
            let own = result.values[value]
            if own.scale == scale, own.zeroPoint == zeroPoint, range == -128...127 { return value }
            return table(node, value, scale, zeroPoint, range) { $0 }
        case .open(let open): return try close(open, scale, zeroPoint, range)
        case .codes, nil: throw refusal(node, "of codes or constants")
        }
    }

    /// A function of one number as a table, whose entries are rounded as QuantizeLinear rounds.
    private mutating func table(
        _ node: Node, _ value: Int, _ scale: Float, _ zeroPoint: Int, _ range: ClosedRange<Int>, _ function: (Double) -> Double
    ) -> Int {
        let from = result.values[value]
        let entries = (-128...127).map { code -> Int8 in
            let number = Double(Float(code - from.zeroPoint) * from.scale)
            return Int8(min(max(Self.code(function(number), scale, zeroPoint), range.lowerBound), range.upperBound))
        }
        return add(.table(entries), node, [value], count: from.count, scale: scale, zeroPoint: zeroPoint)
    }

    /// What was open as a step with results of this scale.
    mutating func close(_ open: Open, _ scale: Float, _ zeroPoint: Int, _ range: ClosedRange<Int>) throws(ExportError) -> Int {
        let low = max(range.lowerBound, open.bounds.lowerBound.isFinite ? Self.code(open.bounds.lowerBound, scale, zeroPoint) : -128)
        let high = min(range.upperBound, open.bounds.upperBound.isFinite ? Self.code(open.bounds.upperBound, scale, zeroPoint) : 127)
        let bounds = min(low, high)...high
        func made(_ operation: IntegerOperation, _ inputs: [Int]) -> Int {
            add(operation, open.node, inputs, count: open.count, scale: scale, zeroPoint: zeroPoint)
        }
        let target = (scale: Double(scale), zero: zeroPoint)
        switch open.work {
        case .layer(let product):
            let layer = try layer(product, open.node, scale: target.scale, zeroPoint: zeroPoint, range: bounds)
            result.weights.append(product.name)
            return made(.layer(layer), [product.input])
        case .function(let value):
            return table(open.node, value, scale, zeroPoint, range) { number in
                let changed = open.functions.reduce(number) { $1($0) }
                return min(max(changed, open.bounds.lowerBound), open.bounds.upperBound)
            }
        case .sum(let a, let b, let steps, let isDifference):
            return made(.sum(try pair(open.node, a, b, steps, target, bounds, isDifference: isDifference)), [a, b])
        case .product(let a, let b, let steps): return made(.product(try product(open.node, a, b, steps, target, bounds)), [a, b])
        case .scaling(let value, let steps, let terms):
            return made(.scaling(try scaling(open.node, value, steps, terms, target, bounds)), [value])
        case .mean(let value, let window, let counts):
            let zeros = IntegerZeros(input: result.values[value].zeroPoint, output: zeroPoint)
            let all = counts.count == 1 ? Array(counts) : Array(1...max(1, counts.max() ?? 1))
            var rescalings: [Rescaling] = []
            for count in all {
                rescalings.append(try rescaling(open.node, Double(result.values[value].scale) / (target.scale * Double(count))))
            }
            guard bounds == -128...127 else { throw refusal(open.node, "with a range behind it") }
            return made(.mean(window: window, rescalings, zeros: zeros), [value])
        case .meanOver(let value, let pieces):
            let zeros = IntegerZeros(input: result.values[value].zeroPoint, output: zeroPoint)
            let rescaling = try rescaling(open.node, Double(result.values[value].scale) / (target.scale * Double(pieces[1])))
            guard bounds == -128...127 else { throw refusal(open.node, "with a range behind it") }
            return made(.meanOver(pieces, rescaling, zeros: zeros), [value])
        case .softmax(let value, let pieces):
            guard bounds == -128...127 else { throw refusal(open.node, "with a range behind it") }
            return made(.softmax(try softmax(open.node, value, pieces, target)), [value])
        case .rows(let inputs, let rows, let lengths):
            let values = inputs.map { input -> Int in
                let own = result.values[input]
                if own.scale == scale, own.zeroPoint == zeroPoint, bounds == -128...127 { return input }
                return table(open.node, input, scale, zeroPoint, bounds) { $0 }
            }
            return made(.rows(rows, lengths: lengths), values)
        }
    }

    private func rescaling(_ node: Node, _ factor: Double) throws(ExportError) -> Rescaling {
        // 255 times it, and what is added, stay within 32 bits.
        guard factor < 0x1p20, let rescaling = Rescaling(factor) else {
            throw refusal(node, "with a factor of \(factor) between its scales")
        }
        return rescaling
    }

    /// Factors with one shift, the largest multiplier in [2³⁰, 2³¹) where it is no less than 2⁻¹⁶; what is added in 2⁻¹⁶ of a step, cut where no code is left.
    private func scaling(
        _ node: Node, _ value: Int, _ steps: IntegerSteps, _ terms: Terms, _ target: (scale: Double, zero: Int), _ range: ClosedRange<Int>
    ) throws(ExportError) -> IntegerScaling {
        let from = result.values[value]
        let unit = Double(from.scale) / target.scale
        let largest = max(terms.factors.reduce(0) { max($0, abs($1)) }, abs(terms.positive ?? 0)) * unit
        // By a shift from 16 on what is added is whole, and up to 46 sums stay within 62 bits; factors of nothing but zeros have any.
        let shift = largest > 0 ? min(46, try rescaling(node, largest).shift) : 30
        guard shift >= 16, largest < 0x1p14, terms.offsets.allSatisfy(\.isFinite) else {
            throw refusal(node, "with a factor of \(largest) between its scales")
        }
        func multiplier(_ factor: Double) -> Int32 { Int32(Foundation.scalbn(factor * unit, shift).rounded()) }
        return IntegerScaling(
            counts: steps.counts, steps: steps.a, constantSteps: steps.b, multipliers: terms.factors.map(multiplier),
            offsets: terms.offsets.map { Int32((min(max($0 / target.scale, -0x1p14), 0x1p14) * 0x1p16).rounded()) },
            positive: terms.positive.map(multiplier) ?? 0, rise: shift - 16, shift: shift,
            zeros: IntegerZeros(input: from.zeroPoint, output: target.zero), range: range)
    }

    private func softmax(
        _ node: Node, _ value: Int, _ pieces: [Int], _ target: (scale: Double, zero: Int)
    ) throws(ExportError) -> IntegerSoftmax {
        let factor = (0x1p16 / target.scale).rounded()
        guard factor < 0x1p28, pieces[1] < 1 << 20 else { throw refusal(node, "with a scale of \(target.scale) or \(pieces[1]) classes") }
        let scale = Double(result.values[value].scale)
        return IntegerSoftmax(
            pieces: pieces, exponentials: (0...255).map { Int32((0x1p20 * exp(-scale * Double($0))).rounded()) }, factor: Int(factor),
            outputZero: target.zero)
    }

    /// Both factors with one shift, the larger multiplier in [2³⁰, 2³¹).
    private func pair(
        _ node: Node, _ a: Int, _ b: Int, _ steps: IntegerSteps, _ target: (scale: Double, zero: Int), _ range: ClosedRange<Int>,
        isDifference: Bool
    ) throws(ExportError) -> IntegerPair {
        let factors = [a, b].map { Double(result.values[$0].scale) / target.scale }
        let shift = try rescaling(node, max(factors[0], factors[1])).shift
        let multipliers = factors.map { Int32((Foundation.scalbn($0, shift)).rounded()) }
        return IntegerPair(
            counts: steps.counts, a: steps.a, b: steps.b, multipliers: [multipliers[0], isDifference ? -multipliers[1] : multipliers[1]],
            shift: shift, inputZeros: [a, b].map { result.values[$0].zeroPoint }, outputZero: target.zero, range: range)
    }

    private func product(
        _ node: Node, _ a: Int, _ b: Int, _ steps: IntegerSteps, _ target: (scale: Double, zero: Int), _ range: ClosedRange<Int>
    ) throws(ExportError) -> IntegerPair {
        let rescaling = try rescaling(node, Double(result.values[a].scale) * Double(result.values[b].scale) / target.scale)
        return IntegerPair(
            counts: steps.counts, a: steps.a, b: steps.b, multipliers: [rescaling.multiplier, 0], shift: rescaling.shift,
            inputZeros: [a, b].map { result.values[$0].zeroPoint }, outputZero: target.zero, range: range)
    }
}
