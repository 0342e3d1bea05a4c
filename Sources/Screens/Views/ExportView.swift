import Compression
import Exports
import Frames
import Networks
import Reports

/// What can be written, with the bytes that each takes as far as they are known beforehand; Enter asks for the name, and typing begins it.
package struct ExportView: ScreenView {
    package static var place: Place { .export }

    private var selection = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Export" }

    package func size(_ explorer: Explorer, in area: Rect) -> Size {
        Size(width: min(area.width, 78), height: min(area.height, ExportTarget.endings.count + 5))
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let (rows, below) = area.splitTop(min(area.height, ExportTarget.endings.count + 1))
        Self.table(explorer, selection).draw(in: rows, on: &frame, glyphs: explorer.glyphs)
        let words = "~ before the file is made; Enter names it, and the ending chooses"
        Paragraph(StyledText(words, .muted)).draw(in: below.splitTop(1).rest, on: &frame, glyphs: explorer.glyphs)
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        Self.table(explorer, selection).row(at: point, in: area)
    }

    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? { Point(x: area.x, y: area.y + 1 + selection) }

    package var rowWord: String { "format" }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        selection = min(max(0, selection + offset), ExportTarget.endings.count - 1)
    }

    /// A click chooses a format; one on the chosen one asks for the name.
    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        guard let row = row(at: mouse.point, explorer, in: area) else { return }
        if row == selection { return explorer.promptForExport(ending: ExportTarget.endings[row]) }
        selection = row
    }

    package mutating func take(_ key: Key, _ explorer: inout Explorer) -> Bool {
        guard case .character(let character) = key else { return false }
        explorer.promptForExport(typed: String(character))
        return true
    }

    package mutating func paste(_ text: String, _ explorer: inout Explorer) -> Bool {
        explorer.promptForExport(typed: text)
        return true
    }

    private static let columns: [Table.Column] = [
        .init("ending", alignment: .left, minimumWidth: 12, priority: 9), .init("bytes", minimumWidth: 11, priority: 8),
        .init("what it holds", alignment: .left, minimumWidth: 20, priority: 7),
    ]

    private static func table(_ explorer: Explorer, _ selection: Int) -> Table {
        let rows = ExportTarget.endings.map { ending -> Table.Row in
            let size = ExportTarget(path: "a" + ending).flatMap(explorer.size(of:))
            return Table.Row([
                StyledText(ending, .title), StyledText(explorer.numbers.bytes(size), size?.isExact == true ? .value : .muted),
                StyledText(ExportTarget(path: "a" + ending)?.words ?? "", .text),
            ])
        }
        return Table(columns: columns, rows: rows, selected: selection, isFocused: true)
    }

    package static let commands: [Command] = [
        Command(
            "export-plan", "Export",
            "Lists what can be written and its bytes: the network (.pare, .onnx, .qdq.onnx, .safetensors, .c) or the plan (.yaml); then asks for "
                + "the name, whose ending chooses.",
            keys: [.character("e")], in: Place.shaping, .files
        ) { explorer, _ in explorer.open(ExportView.self) }.hinted(24, "export"),
        Command(
            "choose-format", "Name the file", "Asks for the name of a file with the ending that is chosen.",
            keys: [.enter], in: [.export], .files
        ) { explorer, _ in
            guard let view = explorer.stack.top(as: ExportView.self) else { return }
            explorer.promptForExport(ending: ExportTarget.endings[view.selection])
        }.hinted(0, "name"),
    ]
}

extension Place {
    public static let export = Place("export", .box, letters: .text)
}

extension ExportTarget {
    /// What it is for, in a few words.
    fileprivate var words: String {
        switch self {
        case .network(.pare): "Pare's own: the smallest, read back bit for bit"
        case .network(.onnx): "floats for every runtime; zeros take as much as others"
        case .network(.quantizedONNX): "integers or codebooks where a layer allows it"
        case .network(.safetensors): "named tensors of floats, with the plan"
        case .network(.c): "C99 for a microcontroller, source and header"
        case .plan: "the plan alone, to be read again with i"
        }
    }
}
