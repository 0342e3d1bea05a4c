import Compression
import Frames
import Networks
import Reports

/// The byte ladder of the selected layer: what its weights take from float32 down to arithmetic coding, by rungs that are real streams
/// where the network is encoded, with the entropy bound and the sparsity from which an index pays.
enum LadderView: ExplorerView {
    static func title(_ explorer: Explorer) -> String {
        explorer.selectedLayer.map { "Bytes of \($0.shownWeight)" } ?? "Bytes"
    }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, let layer = explorer.selectedLayer else { return }
        guard let summary = explorer.summary(of: layer) else {
            return ViewText.hint("the figures of \(layer.name) are being made", explorer, in: area, on: &frame)
        }
        let isFresh = explorer.isFresh(layer) && explorer.isFileFresh
        let ladder = ByteLadder(summary, file: explorer.file?.value.layers[layer.weight], isFresh: isFresh)
        let head = ViewText.flow(heading(explorer, layer, ladder, isFresh: isFresh), width: area.width)
        let (upper, figures) = area.splitTop(area.height >= 8 ? area.height - 2 : area.height)
        let rest = ViewText.draw(Array(head.prefix(max(1, upper.height / 3))), explorer, in: upper, on: &frame)
        if !figures.isEmpty { FiguresView.draw(explorer, in: figures, on: &frame) }
        // Where there is little room, the bound stands in the heading alone.
        let rungs = ladder.rungs.count > rest.height ? ladder.rungs.filter { !$0.isBound } : ladder.rungs
        let rows = rungs.suffix(max(0, rest.height))
        for (place, rung) in rows.enumerated() {
            row(rung, ladder, explorer, isFresh: isFresh).draw(
                in: Rect(x: rest.x, y: rest.y + place, width: rest.width, height: 1), on: &frame, glyphs: explorer.glyphs)
        }
    }

    private static func heading(_ explorer: Explorer, _ layer: Layer, _ ladder: ByteLadder, isFresh: Bool) -> [StyledText] {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        var parts = [
            StyledText("\(numbers.integer(layer.count)) weights", .text),
            StyledText("kept ", .muted)
                + ViewText.figure(numbers.percent(ladder.kept, isSpaced: true), isFresh: isFresh),
            StyledText("entropy bound ", .muted) + ViewText.figure(numbers.bytes(ladder.entropyBytes), isFresh: isFresh)
                + StyledText(" (independent positions and values)", .muted),
            StyledText("an index pays from ", .muted) + StyledText(numbers.percent(ladder.breakEven, isSpaced: true), .value)
                + StyledText(" zeros on", .muted),
        ]
        if !isFresh { parts.append(StyledText("encoding\(explorer.glyphs.ellipsis)", .badge)) }
        return parts
    }

    private static func row(_ rung: ByteLadder.Rung, _ ladder: ByteLadder, _ explorer: Explorer, isFresh: Bool) -> BarRow {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let isChosen = rung.coding != nil && rung.coding == ladder.chosen
        let role: Role = rung.isReal && !isFresh ? .muted : isChosen ? .good : rung.isBound ? .badge : .text
        let mark = isChosen ? "\(explorer.glyphs.mark) " : "  "
        let bits = ladder.weights == 0 ? nil : 8 * Double(rung.bytes) / Double(ladder.weights)
        let figure = "\(numbers.bytes(rung.bytes))  \(numbers.decimal(bits, digits: 2)) b/w"
        return BarRow(
            label: StyledText(mark + rung.name, role), labelWidth: 36, fraction: Double(rung.bytes) / Double(max(1, 4 * ladder.weights)),
            figure: StyledText(figure, role), figureWidth: 24, role: isChosen ? .good : rung.bytes <= ladder.entropyBytes ? .value : .series
        )
    }
}

/// The rungs of a layer's ladder, from the largest representation to the coders.
struct ByteLadder {
    struct Rung: Hashable {
        var name: String
        var bytes: Int
        /// The way of writing that it is; nil for forms that no file of Pare has.
        var coding: WeightCoding?
        /// Whether it is the entropy bound rather than a way of writing.
        var isBound = false
        /// Whether it was encoded, rather than counted.
        var isReal: Bool { coding != nil }
    }

    let weights: Int
    let kept: Double
    let rungs: [Rung]
    let chosen: WeightCoding?
    /// n · H(p) + kept · H(values) in bytes, for positions and values that are independent (Shannon 1948).
    let entropyBytes: Int
    /// Sparsity from which values and indexes of the relative index take less than every value without one: i / (b + i).
    let breakEven: Double

    /// The streams of a file that is not fresh are those of another plan, so that they are named without bits.
    init(_ summary: LayerSummary, file: FileBytes.Layer?, isFresh: Bool = true) {
        weights = summary.weights
        kept = summary.kept
        chosen = file?.coding
        let nonzero = summary.weights - summary.zeros
        let bits = summary.plan.bypass ? 32 : summary.plan.weights.bits
        let indexBits = summary.bytes.indexBits > 0 ? summary.bytes.indexBits : 5
        breakEven = Double(indexBits) / Double(bits + indexBits)
        let counts = summary.codebook.filter { $0.value != 0 && $0.count > 0 }.map(\.count)
        let valueBits = counts.isEmpty ? Double(bits) : Entropy.bitsPerSymbol(counts)
        let positions = Entropy.bitsPerSymbol([nonzero, summary.zeros]) * Double(summary.weights)
        entropyBytes = Int(((positions + valueBits * Double(nonzero)) / 8).rounded(.up))
        var rungs = [Rung(name: "float32", bytes: 4 * summary.weights)]
        rungs += Self.zerosOut(summary, nonzero: nonzero)
        if let file {
            rungs += WeightCoding.allCases.compactMap { coding in
                file.streams[coding].map {
                    Rung(name: Self.name(coding, bits: isFresh ? bits : nil), bytes: $0 + file.overhead, coding: coding)
                }
            }
        } else {
            rungs.append(Rung(name: "\(bits)-bit values, Huffman (estimate)", bytes: summary.bytes.huffman))
        }
        self.rungs = rungs + [Rung(name: "entropy bound", bytes: entropyBytes, isBound: true)]
    }

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
        }
    }
}
