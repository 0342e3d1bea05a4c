import Compression

/// The rungs of a layer's byte ladder, from the largest representation to the coders: what its weights take by each way.
///
/// Rungs of a file are real streams; the others are counted. The entropy bound is of order 0, n · H(p) + kept · H(values) (Shannon 1948): no code whose positions and values
/// do not depend on others is shorter; one that adapts to neighbours, lines and columns can be.
public struct ByteLadder: Hashable, Sendable {
    public struct Rung: Hashable, Sendable {
        public var name: String
        public var bytes: Int
        /// The way of writing that it is; nil for forms that no file of Pare has.
        public var coding: WeightCoding?
        /// Whether it is the entropy bound rather than a way of writing.
        public var isBound = false
        /// Whether it was encoded, rather than counted.
        public var isReal: Bool { coding != nil }

        init(name: String, bytes: Int, coding: WeightCoding? = nil, isBound: Bool = false) {
            (self.name, self.bytes, self.coding, self.isBound) = (name, bytes, coding, isBound)
        }
    }

    public let weights: Int
    public let kept: Double
    public let rungs: [Rung]
    public let chosen: WeightCoding?
    /// n · H(p) + kept · H(values) in bytes, rounded up; nil for a product, whose factors are written.
    public let entropyBytes: Int?
    /// Sparsity from which values and indexes of the relative index, fillers left out, take less than every value without one:
    /// 1 − z / (b + i) for values of b bits, z where zero is among them, and an index of i bits; nil for a product.
    public let breakEven: Double?

    /// The streams of a file that is not fresh are those of another plan, so that they are named without bits.
    public init(_ summary: LayerSummary, file: FileBytes.Layer?, isFresh: Bool = true) {
        weights = summary.weights
        kept = summary.kept
        chosen = file?.coding
        let nonzero = summary.weights - summary.zeros
        let bits = summary.stored.bits
        var rungs = [Rung(name: "float32", bytes: 4 * summary.weights)]
        if let made = summary.factorization {
            (entropyBytes, breakEven) = (nil, nil)
            rungs[0].name = "float32, dense"
            rungs.append(Rung(name: "factors of rank \(made.text), float32", bytes: 4 * made.parameterCount(of: summary.geometry)))
            if summary.plan.partsInForce != nil { rungs.append(Rung(name: "by their plans (estimate)", bytes: summary.bytes.huffman)) }
        } else {
            let counts = summary.codebook.filter { $0.value != 0 && $0.count > 0 }.map(\.count)
            let indexBits = summary.bytes.indexBits > 0 ? summary.bytes.indexBits : 5
            breakEven = max(0, 1 - Double(summary.bitsWithZero(codes: counts.count)) / Double(bits + indexBits))
            let valueBits = counts.isEmpty ? Double(bits) : Entropy.bitsPerSymbol(counts)
            let positions = Entropy.bitsPerSymbol([nonzero, summary.zeros]) * Double(summary.weights)
            entropyBytes = Int(((positions + valueBits * Double(nonzero)) / 8).rounded(.up))
            rungs += Self.zerosOut(summary, nonzero: nonzero)
        }
        if let file {
            rungs += WeightCoding.allCases.compactMap { coding in
                file.streams[coding].map {
                    Rung(name: Self.name(coding, bits: isFresh ? bits : nil), bytes: $0 + file.overhead, coding: coding)
                }
            }
        } else if summary.factorization == nil {
            rungs.append(Rung(name: "\(bits)-bit values, Huffman (estimate)", bytes: summary.bytes.huffman))
        }
        self.rungs = rungs + (entropyBytes.map { [Rung(name: "entropy bound of order 0", bytes: $0, isBound: true)] } ?? [])
    }

    /// The longest rung: what all are drawn against.
    public var largest: Int { rungs.reduce(1) { max($0, $1.bytes) } }

    /// float32 without its zeros: CSR with 16-bit columns where they fit, a bitmap, a relative index with fillers.
    private static func zerosOut(_ summary: LayerSummary, nonzero: Int) -> [Rung] {
        let rows = summary.shape.rank > 0 ? summary.shape[0] : 1
        let columns = rows > 0 ? summary.weights / rows : 0
        let columnBytes = columns <= 1 << 16 ? 2 : 4
        var rungs = [
            Rung(name: "zeros out, CSR", bytes: nonzero * (4 + columnBytes) + 4 * (rows + 1)),
            Rung(name: "zeros out, bitmap", bytes: (summary.weights + 7) / 8 + 4 * nonzero),
        ]
        if summary.bytes.indexBits > 0 {
            let entries = nonzero + summary.bytes.fillers
            rungs.append(
                Rung(
                    name: "zeros out, relative index \(summary.bytes.indexBits)",
                    bytes: (entries * (32 + summary.bytes.indexBits) + 7) / 8))
        }
        return rungs
    }

    private static func name(_ coding: WeightCoding, bits: Int?) -> String {
        let width = bits.map { "\($0)-bit, " } ?? ""
        return switch coding {
        case .dense: width + "dense"
        case .denseHuffman: "dense, Huffman"
        case .bitmap: width + "bitmap"
        case .bitmapHuffman: "bitmap, Huffman"
        case .relative5: width + "relative index 5"
        case .relative5Huffman: "relative index 5, Huffman"
        case .relative8: width + "relative index 8"
        case .relative8Huffman: "relative index 8, Huffman"
        case .arithmetic: "arithmetic"
        case .pattern: width + "pattern"
        case .patternHuffman: "pattern, Huffman"
        }
    }
}
