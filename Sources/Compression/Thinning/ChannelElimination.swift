import CKernels

/// The order in which channels go so that what reads them loses least, where each reader is fitted again to the rest (the optimal brain surgeon of
/// Hassibi and Stork, 1993, for structures as by Kurtic and others, 2022).
///
/// With C the covariance of a reader's inputs, H = (C + λ)⁻¹, W its weights [inputs, outputs] and g the inputs that a channel is, the best fit to the
/// others loses tr(W_gᵀ (H_gg)⁻¹ W_g) more; once it is gone, W −= H_·g (H_gg)⁻¹ W_g and H −= H_·g (H_gg)⁻¹ H_g·. What is lost is a part of the
/// variance of the reader's outputs, summed over the readers. The channel that loses least goes, and so on; its score is what it lost then, and
/// never below that of one before, so that scores are the order. Cost: O(inputs³) a reader, O(inputs² · outputs) for the weights.
public struct ChannelElimination {
    private enum Stage {
        case inversion(reader: Int)
        case choice
        case update(channel: Int, reader: Int)
        case done
    }

    /// By channel, once all is done.
    public private(set) var scores: [Double]
    private var readers: [ReaderLoss]
    private var left: [Int]
    private var stage: Stage

    /// - Parameters:
    ///   - readers: With the inputs that each channel is.
    ///   - channels: How many there are.
    public init(_ readers: [ReaderLoss], channels: Int) {
        self.readers = readers
        scores = Array(repeating: 0, count: channels)
        left = Array(0..<channels)
        stage = readers.isEmpty || channels == 0 ? .done : .inversion(reader: 0)
    }

    /// Some milliseconds of work; false when all is done.
    public mutating func step() -> Bool {
        switch stage {
        case .inversion(let reader):
            if !readers[reader].invert() { stage = reader + 1 < readers.count ? .inversion(reader: reader + 1) : .choice }
        case .choice: choose()
        case .update(let channel, let reader):
            if !readers[reader].remove(channel) {
                stage = reader + 1 < readers.count ? .update(channel: channel, reader: reader + 1) : .choice
            }
        case .done: return false
        }
        return true
    }

    private mutating func choose() {
        var best: (place: Int, loss: Double)?
        for (place, channel) in left.enumerated() {
            let loss = readers.reduce(0) { $0 + $1.loss(of: channel) }
            if best.map({ loss < $0.loss }) ?? true { best = (place, loss) }
        }
        guard let best else {
            stage = .done
            return
        }
        let channel = left.remove(at: best.place)
        scores[channel] = max(best.loss, last.nextUp)
        last = scores[channel]
        stage = left.isEmpty ? .done : .update(channel: channel, reader: 0)
    }

    private var last = 0.0
}

/// What one reader of channels loses when some go, as ``ChannelElimination`` has it.
public struct ReaderLoss: Sendable {
    /// By channel, the inputs that it is.
    private let channels: [[Int]]
    private let inputs: Int
    private let outputs: Int
    /// C + λ, its factor, then H, [inputs, inputs].
    private var matrix: [Double]
    private var inverse: [Double]
    /// Wᵀ, [outputs, inputs].
    private var weights: [Double]
    /// Of the outputs.
    private let variance: Double
    private var place = 0
    private var isFactored = false
    private var update: (channel: Int, left: [Double], right: [Double])?

    /// Multiply-adds of one piece of work: some milliseconds.
    private static let work = 1 << 23

    /// - Parameters:
    ///   - moments: Of what it reads.
    ///   - weights: [outputs, inputs].
    ///   - isCentred: Whether something behind makes up for what is the same at all places: a bias, or a normalization.
    public init(_ moments: SecondMoments, weights: [Float], isCentred: Bool, channels: [[Int]]) {
        (self.channels, inputs, outputs) = (channels, moments.inputs, weights.count / max(1, moments.inputs))
        self.weights = weights.map(Double.init)
        matrix = moments.covariance(about: isCentred ? moments.means : Array(repeating: 0, count: moments.inputs + moments.outputs))
        let inputs = inputs
        var (sum, product) = (0.0, [Double](repeating: 0, count: inputs))
        for row in 0..<outputs {
            let own = Array(self.weights[row * inputs..<(row + 1) * inputs])
            pare_symmetric_product(matrix, inputs, own, &product)
            sum += zip(own, product).reduce(0) { $0 + $1.0 * $1.1 }
        }
        variance = sum
        inverse = []
        let mean = (0..<inputs).reduce(0) { $0 + matrix[$1 * inputs + $1] } / Double(max(1, inputs))
        // Inputs that never move lose nothing.
        let ridge = mean > 0 ? ReaderFit.ridge * mean : 1
        for place in 0..<inputs { matrix[place * inputs + place] += ridge }
    }

    /// A piece of H; false when it is whole.
    mutating func invert() -> Bool {
        let rows = max(4, Self.work / max(1, inputs * inputs) / 4 * 4)
        let end = min(inputs, place + rows)
        if isFactored {
            for row in place..<end { inverse[row * inputs + row] = 1 }
            let (matrix, inputs, start) = (matrix, inputs, place)
            inverse.withUnsafeMutableBufferPointer {
                guard let sides = $0.baseAddress else { return }
                pare_cholesky_solve(matrix, inputs, sides + start * inputs, end - start)
            }
        } else {
            _ = pare_cholesky(&matrix, inputs, place, end, 0)
        }
        place = end
        guard place == inputs else { return true }
        guard !isFactored else {
            matrix = []
            return false
        }
        (isFactored, place) = (true, 0)
        inverse = Array(repeating: 0, count: inputs * inputs)
        return true
    }

    /// tr(W_gᵀ (H_gg)⁻¹ W_g) as a part of the variance. Cost: O(taps³ + taps² · outputs).
    func loss(of channel: Int) -> Double {
        let own = channels[channel]
        guard variance > 0, !own.isEmpty else { return 0 }
        let factor = factor(own)
        var sum = 0.0
        var side = [Double](repeating: 0, count: own.count)
        for row in 0..<outputs {
            for (place, input) in own.enumerated() { side[place] = weights[row * inputs + input] }
            let before = side
            pare_cholesky_solve(factor, own.count, &side, 1)
            for place in own.indices { sum += before[place] * side[place] }
        }
        return sum / variance
    }

    /// Cholesky's factor of H_gg.
    private func factor(_ own: [Int]) -> [Double] {
        var block = own.flatMap { row in own.map { inverse[row * inputs + $0] } }
        _ = pare_cholesky(&block, own.count, 0, own.count, 0)
        return block
    }

    /// A piece of taking a channel out of H and W; false when it is gone.
    mutating func remove(_ channel: Int) -> Bool {
        let own = channels[channel]
        guard variance > 0, !own.isEmpty else { return false }
        if update?.channel != channel { begin(channel, own) }
        guard let (_, left, right) = update else { return false }
        let end = min(inputs, place + max(1, Self.work / max(1, inputs * own.count)))
        let (start, width) = (place, inputs)
        inverse.withUnsafeMutableBufferPointer {
            guard let rows = $0.baseAddress else { return }
            pare_subtract_product(
                rows + start * width, Array(left[start * own.count..<end * own.count]), right, end - start, width, own.count)
        }
        place = end
        guard place == inputs else { return true }
        // What is gone stays gone: its rows are those of an input that nothing has to do with.
        for input in own {
            for other in 0..<inputs { (inverse[input * inputs + other], inverse[other * inputs + input]) = (0, 0) }
            inverse[input * inputs + input] = 1
            for row in 0..<outputs { weights[row * inputs + input] = 0 }
        }
        update = nil
        return false
    }

    /// H_·g [inputs, taps], (H_gg)⁻¹ H_g· [taps, inputs], and the weights at once.
    private mutating func begin(_ channel: Int, _ own: [Int]) {
        let (factor, taps) = (factor(own), own.count)
        var left = [Double](repeating: 0, count: inputs * taps)
        for row in 0..<inputs { for (place, input) in own.enumerated() { left[row * taps + place] = inverse[input * inputs + row] } }
        var solved = left
        pare_cholesky_solve(factor, taps, &solved, inputs)
        var right = [Double](repeating: 0, count: taps * inputs)
        for row in 0..<inputs { for place in 0..<taps { right[place * inputs + row] = solved[row * taps + place] } }
        let rows = (0..<outputs).flatMap { row in own.map { weights[row * inputs + $0] } }
        pare_subtract_product(&weights, rows, right, outputs, inputs, taps)
        update = (channel, left, right)
        place = 0
    }
}
