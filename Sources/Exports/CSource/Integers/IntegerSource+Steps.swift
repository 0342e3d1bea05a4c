import Networks
import Tensors

extension IntegerSource {
    mutating func add(_ step: IntegerNetwork.Step, _ index: Int) {
        steps.append("/* \(CSourceWriter.plain(step.node)). */")
        let (from, to) = (place(step.inputs[0]), place(step.output))
        let count = network.values[step.output].count
        switch step.operation {
        case .layer(let layer): add(layer, index, from, to, isWide: network.isWide && step.output == network.output)
        case .sum(let pair), .product(let pair):
            let isSum = if case .sum = step.operation { true } else { false }
            let fields =
                [pair.counts, pair.a, pair.b].map { "{\(Self.list($0))}" } + (pair.multipliers + [Int32(pair.shift)]).map(String.init)
            let rest = pair.inputZeros + [pair.outputZero, pair.range.lowerBound, pair.range.upperBound]
            let constant = structure("pair", index, fields + rest.map(String.init), bytes: 4 * 20)
            call(isSum ? .addCodes : .multiplyCodes, [from, place(step.inputs[1]), to, constant])
        case .scaling(let scaling): add(scaling, index, from, to)
        case .table(let table): call(.lookUp, [from, to, "\(count)", array("int8_t", "table\(index)", table.map(Int.init))])
        case .maximum(let fields): call(.maxPoolCodes, [from, to, window(fields, index)])
        case .mean(let fields, let rescalings, let zeros):
            let (multipliers, shifts) = rescaling(rescalings, index)
            call(
                .meanPoolCodes,
                [
                    from, to, window(fields, index), multipliers, shifts, rescalings.count == 1 ? "0" : "1", "\(zeros.input)",
                    "\(zeros.output)",
                ])
        case .meanOver(let pieces, let rescaling, let zeros):
            call(
                .meanCodes,
                [from, to, Self.list(pieces), "\(rescaling.multiplier)", "\(rescaling.shift)", "\(zeros.input)", "\(zeros.output)"])
        case .softmax(let softmax):
            let table = array("int32_t", "exponentials\(index)", softmax.exponentials.map(Int.init))
            call(.softmaxCodes, [from, to, Self.list(softmax.pieces), table, "\(softmax.factor)", "\(softmax.outputZero)"])
        case .rows(let rows, let lengths):
            let stride = lengths.reduce(0, +)
            var start = 0
            for (input, length) in zip(step.inputs, lengths) {
                call(.copyCodes, [place(input), to + (start == 0 ? "" : " + \(start)"), "\(rows)", "\(length)", "\(stride)"])
                start += length
            }
        case .move(let map): move(map, index, from, to)
        }
    }

    private mutating func add(_ layer: IntegerLayer, _ index: Int, _ from: String, _ to: String, isWide: Bool) {
        let weights = array("int8_t", "w\(index)", layer.weights.map(Int.init))
        let bias = array("int32_t", "bias\(index)", layer.bias.map(Int.init))
        let (multipliers, shifts) = rescaling(layer.rescalings, index)
        let numbers = [layer.zeros.input, layer.zeros.output, layer.range.lowerBound, layer.range.upperBound]
        let limits = numbers.map { $0 == Int(Int32.min) ? "INT32_MIN" : String($0) }
        let constant = structure("layer", index, [weights, bias, multipliers, shifts] + limits, bytes: 32)
        switch layer.form {
        case .dense(let units, let inputs, let positions):
            call(isWide ? .denseWide : .denseCodes, [from, to, constant, "\(units)", "\(inputs)", "\(positions)"])
        case .convolution(let fields): call(isWide ? .convolveWide : .convolveCodes, [from, to, constant, window(fields, index)])
        }
    }

    private mutating func add(_ scaling: IntegerScaling, _ index: Int, _ from: String, _ to: String) {
        let multipliers = array("int32_t", "factors\(index)", scaling.multipliers.map(Int.init))
        let offsets = array("int32_t", "addends\(index)", scaling.offsets.map(Int.init))
        let fields = [scaling.counts, scaling.steps, scaling.constantSteps].map { "{\(Self.list($0))}" } + [multipliers, offsets]
        let numbers =
            [Int(scaling.positive), scaling.rise, scaling.shift, scaling.zeros.input, scaling.zeros.output]
            + [scaling.range.lowerBound, scaling.range.upperBound]
        call(.scaleCodes, [from, to, structure("scaling", index, fields + numbers.map(String.init), bytes: 4 * 21)])
    }

    private mutating func move(_ map: ElementMap, _ index: Int, _ from: String, _ to: String) {
        var tables = map.tables.filter { $0 != [0] }
        if tables.isEmpty { tables = [[0]] }
        let offsets = array("int32_t", "offsets\(index)", tables.flatMap { $0.map { max(-1, $0) } })
        let constant = structure("move", index, [offsets, "\(tables.count)", "{\(Self.list(tables.map(\.count)))}"], bytes: 4 * 10)
        call(.moveCodes, [from, to, constant, "\(Int(map.fill))"])
    }

    private mutating func window(_ fields: [Int], _ index: Int) -> String {
        functions.insert(.window)
        return structure("window", index, fields.map(String.init), bytes: 4 * fields.count)
    }

    private mutating func rescaling(_ rescalings: [Rescaling], _ index: Int) -> (multipliers: String, shifts: String) {
        (
            array("int32_t", "multipliers\(index)", rescalings.map { Int($0.multiplier) }),
            array("uint8_t", "shifts\(index)", rescalings.map(\.shift))
        )
    }

    private mutating func structure(_ type: String, _ index: Int, _ fields: [String], bytes: Int) -> String {
        flash += bytes
        constants.append("static const struct \(type) \(type)\(index) = {\(fields.joined(separator: ", "))};")
        return "&\(type)\(index)"
    }

    private mutating func array(_ type: String, _ name: String, _ numbers: [Int]) -> String {
        flash += numbers.count * (type.contains("32") ? 4 : 1)
        constants.append("static const \(type) \(name)[\(numbers.count)] = {\n\(CSourceWriter.lines(numbers.map(String.init)))\n};")
        return name
    }

    private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
}
