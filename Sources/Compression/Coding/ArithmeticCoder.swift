import CKernels
import Foundation
import Tensors

/// Levels by adaptive binary arithmetic coding in the manner of DeepCABAC (Wiedemann 2020).
///
/// Of each level: whether it is not 0, its sign, its magnitude by Elias-gamma digits. A probability mixes counters of several contexts
/// (Mahoney 2005): neighbours in the line, in the two lines before and one period earlier, how full this line and this column have been so
/// far, the signs and magnitudes found there. Dead inputs and dead units so cost almost nothing. The stream begins with how the matrix is
/// gone through (0 by rows, 1 by columns), the period and the largest magnitude of each sign.
public struct ArithmeticCoder: LevelCoder {
    public init() {}

    public var coding: WeightCoding { .arithmetic }

    /// Weights above which one way through the matrix is tried only.
    static let manyWeights = 4 << 20

    public func encode(_ weights: StoredWeights) -> CodedLevels? {
        guard let range = weights.arithmeticRange else { return nil }
        var best: Written?
        for path in MatrixPath.candidates(weights) {
            guard let written = write(weights, path, range, measures: false) else { return nil }
            if written.bytes.count < best?.bytes.count ?? .max { best = written }
        }
        guard let best, let measured = write(weights, best.path, range, measures: true) else { return nil }
        let (all, streamBits) = (measured.positionBits + measured.valueBits, Double(8 * (best.bytes.count - best.headCount)))
        let positions = all > 0 ? Int((streamBits * measured.positionBits / all).rounded()) : 0
        return CodedLevels(
            coding: .arithmetic, bytes: best.bytes, positionBits: positions, valueBits: max(0, Int(streamBits) - positions))
    }

    /// How many ways through the matrix ``encode(_:)`` tries; 0 where it gives nothing.
    public func attempts(of weights: StoredWeights) -> Int {
        weights.arithmeticRange == nil ? 0 : MatrixPath.candidates(weights).count
    }

    /// Bytes by one of these ways; the least of all is the size that ``encode(_:)`` gives. Cost: one pass over the weights.
    public func byteCount(of weights: StoredWeights, attempt: Int) -> Int? {
        guard let range = weights.arithmeticRange else { return nil }
        return write(weights, MatrixPath.candidates(weights)[attempt], range, measures: false)?.bytes.count
    }

    /// Σ −log₂ p over all decisions, p being the model's probability of what was decided, and how many there were; nil where
    /// ``encode(_:)`` is. It is the length that an ideal coder would reach with this model, without the head.
    public func idealBits(_ weights: StoredWeights) -> (bits: Double, decisions: Int)? {
        guard let range = weights.arithmeticRange, let bytes = encode(weights)?.bytes,
            let path = MatrixPath.candidates(weights).first(where: { write(weights, $0, range, measures: false)?.bytes == bytes }),
            let measured = write(weights, path, range, measures: true)
        else { return nil }
        return (measured.positionBits + measured.valueBits, measured.decisions)
    }

    public func decode(_ bytes: ContainerBytes, count: Int, form: StoredWeights) throws(CodingError) -> [Int32] {
        var stream = StreamReader(bytes)
        guard count > 0 else {
            try stream.finish()
            return []
        }
        guard let allowed = form.levelRange, form.shape.checkedCount == count else { throw CodingError(.unsuitable, offset: 0) }
        let path = try MatrixPath(&stream, form: form)
        let negatives = try stream.magnitude(atMost: -allowed.lowerBound, sign: -1)
        let positives = try stream.magnitude(atMost: allowed.upperBound, sign: 1)
        var levels = [Int32](repeating: 0, count: count)
        guard negatives > 0 || positives > 0 else {
            try stream.finish()
            return levels
        }
        let start = stream.offset
        var matrix = path.matrix(negatives: negatives, positives: positives)
        var offset = 0
        let problem = bytes.dropFirst(start).withUnsafeBufferPointer { source in
            pare_arithmetic_decode(source.baseAddress, source.count, &matrix, &levels, &offset)
        }
        switch problem {
        case 0: return levels
        case 1: throw CodingError(.endsEarly, offset: start + offset)
        case 2: throw CodingError(.goesOn(bytes: bytes.count - start - offset), offset: start + offset)
        case 3: throw CodingError(.levelOutOfRange(max(negatives, positives) + 1), offset: start + offset)
        default: throw CodingError(.unsuitable, offset: start)
        }
    }

    private struct Written {
        var path: MatrixPath
        var bytes: [UInt8]
        var headCount: Int
        var positionBits: Double
        var valueBits: Double
        var decisions: Int
    }

    private func write(_ weights: StoredWeights, _ path: MatrixPath, _ range: ClosedRange<Int>, measures: Bool) -> Written? {
        var bytes: [UInt8] = []
        guard weights.count > 0 else {
            return Written(path: path, bytes: bytes, headCount: 0, positionBits: 0, valueBits: 0, decisions: 0)
        }
        path.append(to: &bytes)
        bytes.appendNumber(-range.lowerBound)
        bytes.appendNumber(range.upperBound)
        var written = Written(path: path, bytes: bytes, headCount: bytes.count, positionBits: 0, valueBits: 0, decisions: 0)
        guard range != 0...0 else { return written }
        var matrix = path.matrix(negatives: -range.lowerBound, positives: range.upperBound)
        var (size, cost) = (0, pare_arithmetic_cost())
        guard let code = pare_arithmetic_encode(weights.levels, &matrix, measures ? 1 : 0, &size, &cost) else { return nil }
        defer { free(code) }
        written.bytes.append(contentsOf: UnsafeBufferPointer(start: code, count: size))
        (written.positionBits, written.valueBits, written.decisions) = (cost.position_bits, cost.value_bits, Int(cost.bins))
        return written
    }
}

extension StoredWeights {
    /// The least and the greatest level in use, 0 among them; nil for floats, and where a magnitude is too large to be coded.
    fileprivate var arithmeticRange: ClosedRange<Int>? {
        guard rawBits == nil else { return nil }
        let range = min(0, Int(levels.min() ?? 0))...max(0, Int(levels.max() ?? 0))
        let limit = Int(PARE_ARITHMETIC_LARGEST)
        return range.lowerBound >= -limit && range.upperBound <= limit && !MatrixPath.candidates(self).isEmpty ? range : nil
    }
}

extension StreamReader {
    /// The largest magnitude of one sign.
    fileprivate mutating func magnitude(atMost limit: Int, sign: Int) throws(CodingError) -> Int {
        let start = offset
        let magnitude = try number()
        guard magnitude <= min(limit, PARE_ARITHMETIC_LARGEST) else {
            throw CodingError(.levelOutOfRange(sign * magnitude), offset: start)
        }
        return magnitude
    }
}
