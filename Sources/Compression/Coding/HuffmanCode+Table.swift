/// The lengths of a code in few bits, as neighbours have about the same.
///
/// `0`: as the last length; `100`, `101`: one less, one more; `110` and 4 bits: that length; `111` and a run in Elias's gamma code (1975):
/// as many symbols without a code. The first is held against ⌈log₂ symbols⌉.
extension HuffmanCode {
    static func firstLength(symbols: Int) -> Int { min(15, Int.bitWidth - max(0, symbols - 1).leadingZeroBitCount) }

    /// The table as bits, padded to a byte.
    var table: [UInt8] {
        var bits = BitWriter()
        var last = HuffmanCode.firstLength(symbols: lengths.count)
        var index = 0
        while index < lengths.count {
            let length = Int(lengths[index])
            if length == 0 {
                let run = lengths[index...].prefix { $0 == 0 }.count
                bits.put(0b111, 3)
                bits.putGamma(run)
                index += run
                continue
            }
            switch length - last {
            case 0: bits.put(0, 1)
            case -1: bits.put(0b001, 3)
            case 1: bits.put(0b101, 3)
            default:
                bits.put(0b011, 3)
                bits.put(length, 4)
            }
            last = length
            index += 1
        }
        return bits.bytes
    }

    /// Reads the table of `symbols` symbols. Cost: O(symbols).
    init(_ stream: inout StreamReader, symbols: Int) throws(CodingError) {
        let start = stream.offset
        var bits = BitReader()
        var lengths: [UInt8] = []
        lengths.reserveCapacity(symbols)
        var last = HuffmanCode.firstLength(symbols: symbols)
        while lengths.count < symbols {
            if try bits.take(1, of: &stream) == 0 {
                lengths.append(UInt8(last))
                continue
            }
            switch try bits.take(2, of: &stream) {
            case 0b00: last -= 1
            case 0b10: last += 1
            case 0b01: last = try bits.take(4, of: &stream)
            default:
                let run = try bits.takeGamma(of: &stream)
                guard run <= symbols - lengths.count else { throw CodingError(.noPrefixCode, offset: start) }
                lengths.append(contentsOf: repeatElement(0, count: run))
                continue
            }
            guard 1...15 ~= last else { throw CodingError(.noPrefixCode, offset: start) }
            lengths.append(UInt8(last))
        }
        guard let code = HuffmanCode(lengths: lengths) else { throw CodingError(.noPrefixCode, offset: start) }
        self = code
    }
}

/// Single bits into bytes, the lowest first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    mutating func put(_ value: Int, _ bits: Int) {
        for bit in 0..<bits {
            if count % 8 == 0 { bytes.append(0) }
            if value >> bit & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(count % 8) }
            count += 1
        }
    }

    /// A number from 1 on: its bits but the first, after as many zeros and a one.
    mutating func putGamma(_ number: Int) {
        let more = Int.bitWidth - 1 - number.leadingZeroBitCount
        put(1 << more, more + 1)
        put(number, more)
    }
}

/// Single bits out of the bytes of a stream, which goes on behind the last byte begun.
struct BitReader {
    private var current: UInt8 = 0
    private var left = 0

    mutating func take(_ bits: Int, of stream: inout StreamReader) throws(CodingError) -> Int {
        var value = 0
        for bit in 0..<bits {
            if left == 0 { (current, left) = (try stream.byte(), 8) }
            value |= Int(current & 1) << bit
            current >>= 1
            left -= 1
        }
        return value
    }

    mutating func takeGamma(of stream: inout StreamReader) throws(CodingError) -> Int {
        var more = 0
        while try take(1, of: &stream) == 0 {
            more += 1
            guard more < 32 else { throw stream.error(.noPrefixCode) }
        }
        return 1 << more | (try take(more, of: &stream))
    }
}
