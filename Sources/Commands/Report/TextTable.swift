import Frames

/// A table of plain text for a terminal or a pipe: columns as wide as their longest cell, two blanks between them.
struct TextTable {
    var titles: [String]
    var alignments: [TextAlignment]
    var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: TextAlignment)]) {
        titles = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// All lines, the titles first.
    var text: String {
        let all = [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].cellWidth }.max() ?? 0 }
        return all.map { row in
            var line = zip(zip(row, widths), alignments).map { cell, alignment in
                cell.0.padded(to: cell.1, alignment: alignment)
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
