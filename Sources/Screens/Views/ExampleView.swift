import Frames
import Networks
import Reports

/// One example under the temperature lens: its picture, its label, both predictions, and the softened outputs side by side.
///
/// Where there is little room, the picture goes first, then the column T = 1, the figures over all examples, and the classes with
/// the smallest probabilities; then the original's column.
package struct ExampleView: PaneView {
    package static var place: Place { .example }

    var state = ExampleState()
    /// The pane that had the keys before `x` showed the example.
    var placeBefore: Place?

    package init() {}

    /// `Example 1234 of 10,000 · flipped 3 of 55`.
    package func title(_ explorer: Explorer) -> String {
        guard let dataset = explorer.dataset else { return "Example" }
        var text = "Example \(state.index) of \(explorer.numbers.integer(dataset.count))"
        if state.subset == .flipped {
            let flipped = (explorer.accuracy?.value.flipped ?? []).sorted()
            let place = flipped.firstIndex(of: state.index).map { "\(explorer.numbers.integer($0 + 1)) of " } ?? ""
            text += " \(explorer.glyphs.dot) flipped \(place)\(explorer.numbers.integer(flipped.count))"
        }
        return text
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let dataset = explorer.dataset, (0..<dataset.count).contains(state.index) else {
            let text = explorer.dataset == nil ? "no examples: the data are loaded or were not found" : "the data have no such example"
            return ViewText.hint(text, explorer, in: area, on: &frame)
        }
        let lens = ExampleLens(explorer, dataset, example: state.index)
        let rest = drawPicture(explorer, dataset, in: area, on: &frame)
        let lines = ViewText.flow(lens.words, width: rest.width)
        let hasBars = !lens.columns.isEmpty && rest.height >= 4
        let below = ViewText.draw(Array(lines.prefix(hasBars ? max(1, rest.height / 4) : rest.height)), explorer, in: rest, on: &frame)
        guard hasBars else { return }
        let wanted = below.height >= 12 ? ViewText.flow(lens.summary, width: below.width) : []
        let (bars, foot) = below.splitTop(below.height - min(wanted.count, max(0, below.height - 10)))
        SoftmaxBars(lens).draw(in: bars, on: &frame)
        ViewText.draw(wanted, explorer, in: foot, on: &frame)
    }

    package var rowWord: String { "example" }

    /// Goes to another example of the subset, round and round.
    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        guard let dataset = explorer.dataset, dataset.count > 0 else { return }
        guard state.subset == .flipped else {
            state.index = ((state.index + offset) % dataset.count + dataset.count) % dataset.count
            return
        }
        let flipped = (explorer.accuracy?.value.flipped ?? []).sorted()
        guard !flipped.isEmpty else { return explorer.say("no prediction has changed so far") }
        state.index =
            offset > 0
            ? flipped.first { $0 > state.index } ?? flipped[0] : flipped.last { $0 < state.index } ?? flipped[flipped.count - 1]
    }

    package mutating func moveToEnd(first: Bool, _ explorer: inout Explorer) {
        state.index = first ? 0 : max(0, (explorer.dataset?.count ?? 1) - 1)
    }

    /// Draws the picture beside the rest on wide areas, above it on high ones; returns what is left.
    private func drawPicture(_ explorer: Explorer, _ dataset: Dataset, in area: Rect, on frame: inout Frame) -> Rect {
        guard let chart = ExamplePicture.chart(dataset, example: state.index) else { return area }
        if area.width >= 56, area.height >= 6 {
            let room = Rect(x: area.x, y: area.y, width: min(2 * area.height, area.width / 3), height: area.height)
            let size = chart.drawnSize(in: room)
            chart.draw(in: room, on: &frame, glyphs: explorer.glyphs)
            return area.splitLeft(size.width + 2).rest
        }
        if area.height >= 24, area.width >= 14 {
            let room = Rect(x: area.x, y: area.y, width: area.width, height: area.height / 3)
            chart.draw(in: room, on: &frame, glyphs: explorer.glyphs)
            return area.splitTop(chart.drawnSize(in: room).height + 1).rest
        }
        return area
    }
}

extension Place {
    public static let example = Place("example", .pane(number: 5))
}
