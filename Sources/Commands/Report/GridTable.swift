import Foundation

/// A grid of text as Python's `tabulate` draws it in the format `psql`, with five decimals: what Distiller prints.
struct GridTable {
    enum Cell {
        case text(String)
        case whole(Int)
        case real(Double)
    }

    /// Without the index, whose column has no title.
    var titles: [String]
    var rows: [[Cell]]

    /// Columns of numbers to the right, two blanks wider than their title at least; columns with a real number have five decimals throughout.
    var text: String {
        let table = rows.enumerated().map { [Cell.whole($0)] + $1 }
        let columns = ([""] + titles).indices.map { column in Column(title: ([""] + titles)[column], cells: table.map { $0[column] }) }
        func line(_ ends: String, _ join: String) -> String {
            let dashes = columns.map { String(repeating: "-", count: $0.width + 2) }.joined(separator: join)
            return ends + dashes + ends
        }
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return
            ([line("+", "+"), row(columns.map(\.head)), line("|", "+")] + rows.indices.map { place in row(columns.map { $0.texts[place] }) }
            + [line("+", "+")]).joined(separator: "\n")
    }

    private struct Column {
        let head: String
        let texts: [String]
        let width: Int

        init(title: String, cells: [Cell]) {
            let isReal = cells.contains { if case .real = $0 { true } else { false } }
            let isText = cells.contains { if case .text = $0 { true } else { false } }
            let raw = cells.map { cell in
                switch cell {
                case .text(let text): text
                case .whole(let number): isReal ? String(format: "%.5f", Double(number)) : String(number)
                case .real(let number): String(format: "%.5f", number)
                }
            }
            let width = max(title.count + 2, raw.map(\.count).max() ?? 0)
            func fitted(_ text: String) -> String {
                let blanks = String(repeating: " ", count: width - text.count)
                return isText ? text + blanks : blanks + text
            }
            (self.width, head, texts) = (width, fitted(title), raw.map(fitted))
        }
    }
}
