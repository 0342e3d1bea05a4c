import Tensors

extension CWeights {
    /// What the decoder in C makes of the stream: the same steps, to verify a written file. Nil where the stream ends too early.
    func decoded(count: Int) -> [Float]? {
        var reader = BitReader(bytes: stream)
        var weights: [Float] = []
        weights.reserveCapacity(count)
        var (zeros, isCodeNext) = (0, false)
        while weights.count < count {
            switch form {
            case .every: isCodeNext = true
            case .bitmap: isCodeNext = reader.next(1) == 1
            case .distances(let bits):
                if zeros == 0, !isCodeNext {
                    zeros = Int(reader.next(bits))
                    isCodeNext = zeros < 1 << bits - 1
                }
                if zeros > 0 {
                    zeros -= 1
                    weights.append(0)
                    continue
                }
            }
            weights.append(isCodeNext ? value(reader.next(codeBits), at: weights.count) : 0)
            isCodeNext = false
            guard !reader.isBeyondEnd else { return nil }
        }
        return reader.isBeyondEnd ? nil : weights
    }

    private func value(_ code: UInt32, at index: Int) -> Float {
        func scaled(_ channel: Int) -> Float { values.indices.contains(channel) ? Float(Int32(code) + lowest) * values[channel] : .nan }
        switch kind {
        case .table: return values.indices.contains(Int(code)) ? values[Int(code)] : .nan
        case .grid: return scaled(0)
        case .rowGrid: return scaled(index / rowLength)
        case .columnGrid: return scaled(index % rowLength)
        case .float32: return Float(bitPattern: code)
        case .float16: return Float(half: UInt16(truncatingIfNeeded: code))
        case .bfloat16: return Float(bitPattern: code << 16)
        }
    }
}

/// Reads what a ``BitWriter`` wrote.
private struct BitReader {
    let bytes: [UInt8]
    private var position = 0
    private(set) var isBeyondEnd = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next(_ count: Int) -> UInt32 {
        guard position + count <= 8 * bytes.count else {
            isBeyondEnd = true
            return 0
        }
        var (result, filled): (UInt32, Int) = (0, 0)
        while filled < count {
            let taken = min(count - filled, 8 - position % 8)
            let part = UInt32(bytes[position / 8]) >> UInt32(position % 8) & (1 << UInt32(taken) - 1)
            result |= part << UInt32(filled)
            filled += taken
            position += taken
        }
        return result
    }
}
