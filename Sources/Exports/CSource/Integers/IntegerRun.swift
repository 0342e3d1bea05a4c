import Networks

/// An ``IntegerNetwork`` in plain Swift, step by step as its definition reads: what the compiled C is held against, bit for bit.
package struct IntegerRun {
    /// Codes, or sums of 32 bits.
    package private(set) var values: [[Int]]
    private let network: IntegerNetwork

    package var output: [Int] { values[network.output] }

    /// - Parameter input: Codes −128…127, as many as the network reads.
    package init(_ network: IntegerNetwork, input: [Int8]) {
        self.network = network
        values = Array(repeating: [], count: network.values.count)
        values[network.input] = input.map(Int.init)
        for step in network.steps { values[step.output] = made(step) }
    }

    private func made(_ step: IntegerNetwork.Step) -> [Int] {
        let x = values[step.inputs[0]]
        switch step.operation {
        case .layer(let layer): return Self.layer(x, layer)
        case .sum(let pair):
            return Self.pairs(x, values[step.inputs[1]], pair) { $0 * Int(pair.multipliers[0]) + $1 * Int(pair.multipliers[1]) }
        case .product(let pair): return Self.pairs(x, values[step.inputs[1]], pair) { $0 * $1 * Int(pair.multipliers[0]) }
        case .scaling(let scaling): return Self.scaled(x, scaling)
        case .table(let table): return x.map { Int(table[$0 + 128]) }
        case .maximum(let fields): return Self.windows(fields) { taps in taps.map { x[$0] }.max() ?? -128 }
        case .mean(let fields, let rescalings, let zeros):
            return Self.windows(fields) { taps in
                let rescaling = rescalings[rescalings.count == 1 ? 0 : max(0, taps.count - 1)]
                return Self.cut(zeros.output + rescaling.even(taps.reduce(0) { $0 + x[$1] - zeros.input }))
            }
        case .meanOver(let pieces, let rescaling, let zeros):
            return Self.lines(pieces) { line in [Self.cut(zeros.output + rescaling.even(line.reduce(0) { $0 + x[$1] - zeros.input }))] }
        case .softmax(let softmax): return Self.softmax(x, softmax)
        case .rows(let rows, let lengths):
            return (0..<rows).flatMap { row in
                zip(step.inputs, lengths).flatMap { values[$0][row * $1..<(row + 1) * $1] }
            }
        case .move(let map):
            var result: [Int] = []
            map.forEach { _, source in result.append(source.map { x[$0] } ?? Int(map.fill)) }
            return result
        }
    }

    private static func cut(_ value: Int, _ range: ClosedRange<Int> = -128...127) -> Int {
        min(max(value, range.lowerBound), range.upperBound)
    }

    private static func layer(_ x: [Int], _ layer: IntegerLayer) -> [Int] {
        func finished(_ sum: Int, _ filter: Int) -> Int { cut(layer.zeros.output + layer.rescalings[filter](sum), layer.range) }
        switch layer.form {
        case .dense(let units, let inputs, let positions):
            return (0..<positions).flatMap { position in
                (0..<units).map { unit in
                    let sum = (0..<inputs).reduce(Int(layer.bias[unit])) {
                        $0 + (x[position * inputs + $1] - layer.zeros.input) * Int(layer.weights[unit * inputs + $1])
                    }
                    return finished(sum, unit)
                }
            }
        case .convolution(let fields):
            let window = IntegerWindow(fields)
            let (depth, taps) = (window.channels / window.groups, window.kernelHeight * window.kernelWidth)
            var result: [Int] = []
            for filter in 0..<window.filters {
                let first = filter / (window.filters / window.groups) * depth
                window.forEachPlace { pixels in
                    var sum = Int(layer.bias[filter])
                    for channel in 0..<depth {
                        for (tap, pixel) in pixels {
                            let weight = layer.weights[(filter * depth + channel) * taps + tap]
                            sum += (x[(first + channel) * window.plane + pixel] - layer.zeros.input) * Int(weight)
                        }
                    }
                    result.append(finished(sum, filter))
                }
            }
            return result
        }
    }

    /// A number of the places in the input that each window of each channel meets.
    private static func windows(_ fields: [Int], _ number: ([Int]) -> Int) -> [Int] {
        let window = IntegerWindow(fields)
        return (0..<window.channels).flatMap { channel in
            var result: [Int] = []
            window.forEachPlace { pixels in result.append(number(pixels.map { channel * window.plane + $0.pixel })) }
            return result
        }
    }

    /// Numbers of the places along each line of the middle axis, in their order.
    private static func lines(_ pieces: [Int], _ numbers: ([Int]) -> [Int]) -> [Int] {
        (0..<pieces[0]).flatMap { outer in
            (0..<pieces[2]).flatMap { inner in numbers((0..<pieces[1]).map { (outer * pieces[1] + $0) * pieces[2] + inner }) }
        }
    }

    /// A number of the places in two operands for each element of a result.
    private static func places(_ counts: [Int], _ a: [Int], _ b: [Int], _ number: (Int, Int) -> Int) -> [Int] {
        (0..<counts.reduce(1, *)).map { place in
            let position = [
                place / counts[3] / counts[2] / counts[1], place / counts[3] / counts[2] % counts[1], place / counts[3] % counts[2],
                place % counts[3],
            ]
            return number(zip(position, a).reduce(0) { $0 + $1.0 * $1.1 }, zip(position, b).reduce(0) { $0 + $1.0 * $1.1 })
        }
    }

    private static func pairs(_ x: [Int], _ y: [Int], _ pair: IntegerPair, _ function: (Int, Int) -> Int) -> [Int] {
        places(pair.counts, pair.a, pair.b) { a, b in
            let sum = function(x[a] - pair.inputZeros[0], y[b] - pair.inputZeros[1])
            return cut(pair.outputZero + Rescaling.even(sum, shift: pair.shift), pair.range)
        }
    }

    private static func scaled(_ x: [Int], _ scaling: IntegerScaling) -> [Int] {
        places(scaling.counts, scaling.steps, scaling.constantSteps) { place, constant in
            let number = x[place] - scaling.zeros.input
            let factor = number >= 0 && scaling.positive != 0 ? scaling.positive : scaling.multipliers[constant]
            let sum = number * Int(factor) + Int(scaling.offsets[constant]) << scaling.rise
            return cut(scaling.zeros.output + Rescaling.even(sum, shift: scaling.shift), scaling.range)
        }
    }

    private static func softmax(_ x: [Int], _ softmax: IntegerSoftmax) -> [Int] {
        var result = x
        _ = lines(softmax.pieces) { line in
            let largest = line.map { x[$0] }.max() ?? 0
            let terms = line.map { Int(softmax.exponentials[largest - x[$0]]) }
            let sum = terms.reduce(0, +)
            for (place, term) in zip(line, terms) {
                result[place] = cut(softmax.outputZero + (term * softmax.factor + sum << 15) / (sum << 16))
            }
            return []
        }
        return result
    }
}

/// The fields of `struct window` by name.
struct IntegerWindow {
    let channels, height, width, filters, outHeight, outWidth, groups: Int
    let kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX, top, left: Int

    init(_ fields: [Int]) {
        (channels, height, width, filters) = (fields[0], fields[1], fields[2], fields[3])
        (outHeight, outWidth, groups) = (fields[4], fields[5], fields[6])
        (kernelHeight, kernelWidth, strideY, strideX) = (fields[7], fields[8], fields[9], fields[10])
        (dilationY, dilationX, top, left) = (fields[11], fields[12], fields[13], fields[14])
    }

    /// Pixels of a channel.
    var plane: Int { height * width }

    /// Calls `body` with the taps of each window that meet a pixel, and that pixel's place in its channel.
    func forEachPlace(_ body: ([(tap: Int, pixel: Int)]) -> Void) {
        for y in 0..<outHeight {
            for x in 0..<outWidth {
                var pixels: [(tap: Int, pixel: Int)] = []
                for row in 0..<kernelHeight {
                    for column in 0..<kernelWidth {
                        let (py, px) = (y * strideY + row * dilationY - top, x * strideX + column * dilationX - left)
                        guard (0..<height).contains(py), (0..<width).contains(px) else { continue }
                        pixels.append((row * kernelWidth + column, py * width + px))
                    }
                }
                body(pixels)
            }
        }
    }
}
