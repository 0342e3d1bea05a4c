extension Table {
    /// Where a column stands, counted from the end of the gutter.
    struct Place: Hashable {
        var column: Int
        var x: Int
        var width: Int
    }

    /// The columns shown in `width` cells, one blank between them.
    ///
    /// Columns are as wide as their widest cell. Where that is too much, left-aligned ones shrink to their minimum, then the columns of the lowest
    /// priority are dropped: numbers stand on the right and are never cut, but for the last column left. Room left over goes to the first column.
    func layout(width: Int) -> [Place] {
        guard width > 0 else { return [] }
        let natural = columns.indices.map(naturalWidth)
        var shown = Array(columns.indices)
        while shown.count > 1, minimumTotal(shown, natural) > width {
            guard let last = dropped(from: shown) else { break }
            shown.remove(at: last)
        }
        var widths = natural
        shrink(&widths, shown, to: width)
        if shown.count == 1 { widths[shown[0]] = min(widths[shown[0]], width) }
        return places(shown, widths, width: width)
    }

    /// The footer's first cell is a word, which may be cut; its numbers are not.
    private func naturalWidth(_ column: Int) -> Int {
        let numbers = column > 0 ? footer.map { [$0] } ?? [] : []
        return (numbers + rows).reduce(max(columns[column].minimumWidth, columns[column].title.cellWidth)) { widest, row in
            column < row.cells.count ? max(widest, row.cells[column].cellWidth) : widest
        }
    }

    private func minimumTotal(_ shown: [Int], _ natural: [Int]) -> Int {
        shown.reduce(shown.count - 1) { $0 + (columns[$1].alignment == .left ? min(natural[$1], columns[$1].minimumWidth) : natural[$1]) }
    }

    /// The position in `shown` of the column that goes next.
    private func dropped(from shown: [Int]) -> Int? {
        let lowest = shown.map { columns[$0].priority }.min()
        return shown.lastIndex { columns[$0].priority == lowest }
    }

    /// Takes cells from the widest of the left-aligned columns until the row fits or none has any to give.
    private func shrink(_ widths: inout [Int], _ shown: [Int], to width: Int) {
        var excess = shown.reduce(shown.count - 1) { $0 + widths[$1] } - width
        while excess > 0 {
            let givers = shown.filter { columns[$0].alignment == .left && widths[$0] > columns[$0].minimumWidth }
            guard let widest = givers.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }

    private func places(_ shown: [Int], _ widths: [Int], width: Int) -> [Place] {
        var spare = max(0, width - shown.reduce(shown.count - 1) { $0 + widths[$1] })
        var x = 0
        return shown.map { column in
            let place = Place(column: column, x: x, width: widths[column] + spare)
            spare = 0
            x += place.width + 1
            return place
        }
    }
}
