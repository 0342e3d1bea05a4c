import Compression
import Tensors

/// The weights of one parameter as C source holds them: a stream of bits and what its codes stand for.
///
/// A row is what the decoder makes at once: the weights of a filter or unit [out, …], or of an input [in, out].
struct CWeights: Hashable {
    /// Which weights have a code.
    enum Form: Hashable {
        /// All of them.
        case every
        /// One bit before each weight says whether a code follows.
        case bitmap
        /// The number of zeros before each code in this many bits; all ones are as many zeros and no code after them
        /// (in the manner of Han, Mao and Dally 2016, without the code of a filler).
        case distances(bits: Int)
    }

    /// What a code stands for.
    enum Kind: Int, Hashable {
        /// An entry of the values.
        case table
        /// (code + lowest) · the only value.
        case grid
        /// (code + lowest) · the value of the row.
        case rowGrid
        /// (code + lowest) · the value of the column.
        case columnGrid
        /// The bits of a float32, of a binary16, or the upper half of a float32.
        case float32, float16, bfloat16
    }

    var form: Form
    var kind: Kind
    /// Bits of a code, 0…32.
    var codeBits: Int
    /// The level of code 0 on a grid.
    var lowest: Int32
    /// Table or scales.
    var values: [Float]
    /// Weights of a row.
    var rowLength: Int
    /// Codes and what tells their places, each from its lowest bit on, bytes from their lowest bit on.
    var stream: [UInt8]

    /// Bytes of stream and values.
    var byteCount: Int { stream.count + 4 * values.count }

    /// The smallest of all forms. Cost: O(n) for each.
    init(_ weights: StoredWeights) {
        let candidates = CodeBook.all(of: weights).map { CWeights(weights, $0) }
        self = candidates.min { $0.byteCount < $1.byteCount } ?? CWeights(weights, CodeBook(floats: weights))
    }

    init(form: Form, kind: Kind, codeBits: Int, lowest: Int32, values: [Float], rowLength: Int, stream: [UInt8]) {
        (self.form, self.kind, self.codeBits, self.lowest) = (form, kind, codeBits, lowest)
        (self.values, self.rowLength, self.stream) = (values, rowLength, stream)
    }

    private init(_ weights: StoredWeights, _ book: CodeBook) {
        (kind, lowest, values) = (book.kind, book.lowest, book.values)
        rowLength = max(1, weights.shape.rank == 0 ? 1 : weights.shape.rowCount)
        let survivors = weights.levels.indices.filter { weights.levels[$0] != 0 }
        let sizes = Self.sizes(count: weights.count, survivors: survivors, book: book)
        form = sizes.min { $0.bits < $1.bits }?.form ?? .every
        codeBits = form == .every ? book.bitsWithZero : book.bits
        stream = Self.stream(
            form, codeBits, count: weights.count, survivors: survivors, codes: form == .every ? book.codesWithZero : book.codes)
        if form == .every { (values, lowest) = (book.valuesWithZero, book.lowest) }
    }

    /// Bits of the stream in each form, tables with and without zero counted.
    private static func sizes(count: Int, survivors: [Int], book: CodeBook) -> [(form: Form, bits: Int)] {
        let codes = survivors.count * book.bits + 32 * book.values.count
        var sizes: [(form: Form, bits: Int)] = [
            (.every, count * book.bitsWithZero + 32 * book.valuesWithZero.count), (.bitmap, count + codes),
        ]
        for bits in 1...12 {
            var distances = 0
            forEachDistance(survivors, count: count, escape: 1 << bits - 1) { _ in distances += 1 }
            sizes.append((.distances(bits: bits), distances * bits + codes))
        }
        return sizes
    }

    /// Calls `body` with each number of zeros: below `escape` a code follows.
    private static func forEachDistance(_ survivors: [Int], count: Int, escape: Int, _ body: (Int) -> Void) {
        var next = 0
        for index in survivors {
            while index - next >= escape {
                body(escape)
                next += escape
            }
            body(index - next)
            next = index + 1
        }
        while next < count {
            body(escape)
            next += escape
        }
    }

    private static func stream(_ form: Form, _ codeBits: Int, count: Int, survivors: [Int], codes: [UInt32]) -> [UInt8] {
        var writer = BitWriter()
        switch form {
        case .every: for code in codes { writer.append(code, bits: codeBits) }
        case .bitmap:
            var next = 0
            for index in 0..<count {
                let isCoded = next < survivors.count && survivors[next] == index
                writer.append(isCoded ? 1 : 0, bits: 1)
                if isCoded {
                    writer.append(codes[index], bits: codeBits)
                    next += 1
                }
            }
        case .distances(let bits):
            let escape = 1 << bits - 1
            var next = 0
            forEachDistance(survivors, count: count, escape: escape) { distance in
                writer.append(UInt32(distance), bits: bits)
                if distance < escape {
                    writer.append(codes[survivors[next]], bits: codeBits)
                    next += 1
                }
            }
        }
        return writer.bytes
    }
}

/// Bits from the lowest one of each byte on.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var filled = 0

    mutating func append(_ code: UInt32, bits: Int) {
        var (rest, left) = (code, bits)
        while left > 0 {
            if filled == 0 { bytes.append(0) }
            let taken = min(left, 8 - filled)
            bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: rest & (1 << UInt32(taken) - 1)) << UInt8(filled)
            filled = (filled + taken) & 7
            rest = taken == 32 ? 0 : rest >> UInt32(taken)
            left -= taken
        }
    }
}
