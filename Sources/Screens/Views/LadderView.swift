import Compression
import Frames
import Networks
import Reports

/// The byte ladder of the selected layer: what its weights take from float32 down to arithmetic coding, by rungs that are real streams
/// where the network is encoded, with the entropy bound of order 0 and the sparsity from which an index pays. Bars are against the longest rung.
package struct LadderView: ScreenView {
    package static var place: Place { .ladder }

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String {
        explorer.selectedLayer.map { "Bytes of \($0.shownWeight)" } ?? "Bytes"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, let layer = explorer.selectedLayer else { return }
        guard let summary = explorer.summary(of: layer) else {
            return ViewText.hint("the figures of \(layer.name) are being made", explorer, in: area, on: &frame)
        }
        let isFresh = explorer.isFresh(layer) && explorer.isFileFresh
        let ladder = ByteLadder(summary, file: explorer.fileLayer(layer), isFresh: isFresh)
        let head = ViewText.flow(Self.heading(explorer, layer, ladder, isFresh: isFresh), width: area.width)
        let (upper, figures) = area.splitTop(area.height >= 8 ? area.height - 2 : area.height)
        let rest = ViewText.draw(Array(head.prefix(max(1, upper.height / 3))), explorer, in: upper, on: &frame)
        if !figures.isEmpty { FiguresView.draw(explorer, in: figures, on: &frame) }
        // Where there is little room, the bound stands in the heading alone.
        let rungs = ladder.rungs.count > rest.height ? ladder.rungs.filter { !$0.isBound } : ladder.rungs
        let rows = rungs.suffix(max(0, rest.height))
        for (place, rung) in rows.enumerated() {
            Self.row(rung, ladder, explorer, isFresh: rung.isReal ? isFresh : explorer.isFresh(layer)).draw(
                in: Rect(x: rest.x, y: rest.y + place, width: rest.width, height: 1), on: &frame, glyphs: explorer.glyphs)
        }
    }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset) }

    private static func heading(_ explorer: Explorer, _ layer: Layer, _ ladder: ByteLadder, isFresh: Bool) -> [StyledText] {
        var parts = [
            StyledText(explorer.numbers.count(layer.count, "weight"), .text),
            StyledText("kept ", .muted)
                + ViewText.figure(explorer.numbers.percent(ladder.kept, isSpaced: true), isFresh: isFresh),
        ]
        if let bound = ladder.entropyBytes {
            parts += [
                StyledText("entropy bound of order 0 ", .muted) + ViewText.figure(explorer.numbers.bytes(bound), isFresh: isFresh)
                    + StyledText(" (positions and values independent: a coder with contexts can pass it)", .muted),
                StyledText("an index pays from ", .muted) + StyledText(explorer.numbers.percent(ladder.breakEven, isSpaced: true), .value)
                    + StyledText(" zeros on", .muted),
            ]
        }
        if let rank = explorer.plan(of: layer).factorization(of: layer.geometry) {
            parts.append(StyledText("rank ", .muted) + StyledText(rank.text, .value))
        }
        if !isFresh { parts.append(StyledText("encoding\(explorer.glyphs.ellipsis)", .badge)) }
        return parts
    }

    private static func row(_ rung: ByteLadder.Rung, _ ladder: ByteLadder, _ explorer: Explorer, isFresh: Bool) -> BarRow {
        let isChosen = rung.coding != nil && rung.coding == ladder.chosen
        let role: Role = !isFresh ? .muted : isChosen ? .good : rung.isBound ? .badge : .text
        let mark = isChosen ? "\(explorer.glyphs.mark) " : "  "
        let bits = ladder.weights == 0 ? nil : 8 * Double(rung.bytes) / Double(ladder.weights)
        let figure = "\(explorer.numbers.bytes(rung.bytes))  \(explorer.numbers.decimal(bits, digits: 2)) b/w"
        return BarRow(
            label: StyledText(mark + rung.name, role), labelWidth: 36, fraction: Double(rung.bytes) / Double(ladder.largest),
            figure: StyledText(figure, role), figureWidth: 24,
            role: isChosen ? .good : rung.bytes <= ladder.entropyBytes ?? 0 ? .value : .series
        )
    }
}

extension Place {
    public static let ladder = Place("ladder", title: "byte ladder", .screen)
}
