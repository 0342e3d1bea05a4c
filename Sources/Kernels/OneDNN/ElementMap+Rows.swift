import CKernels
import Networks
import Tensors

/// Moves row by row: a row is the places of the result along the last table.
extension ElementMap {
    /// Whether the elements of a row follow each other in the input.
    private var isRun: Bool {
        let row = tables.last ?? [0]
        return row.indices.allSatisfy { row[0] != Self.outside && row[$0] == row[0] + $0 }
    }

    /// Calls `body` with each row and the sum of its offsets before the last table; nil beside the input.
    private func forEachRow(_ rows: Range<Int>, _ body: (_ row: Int, _ start: Int?) -> Void) {
        guard !rows.isEmpty else { return }
        let outer = ElementMap(tables: Array(tables.dropLast()))
        var counters = Shape(outer.tables.map(\.count)).position(of: rows.lowerBound)
        for row in rows {
            var start: Int? = 0
            for axis in counters.indices {
                let offset = outer.tables[axis][counters[axis]]
                start = offset == Self.outside ? nil : start.map { $0 + offset }
            }
            body(row, start)
            outer.advance(&counters)
        }
    }

    /// Fills rows of the result `to` from the input `from`; runs of neighbours are copied as a whole.
    func moveRows(_ rows: Range<Int>, from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>) {
        let isRun = isRun
        (tables.last ?? [0]).withUnsafeBufferPointer { row in
            forEachRow(rows) { index, start in
                let target = to + index * row.count
                if let start, isRun {
                    target.update(from: from + start + row[0], count: row.count)
                } else {
                    for place in row.indices {
                        let offset = row[place]
                        if let start, offset != Self.outside { target[place] = from[start + offset] } else { target[place] = fill }
                    }
                }
            }
        }
    }

    /// The adjoint of ``moveRows(_:from:to:)``: adds what stands in rows of `from` to the elements of `to` that they came from.
    func addRows(_ rows: Range<Int>, from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>) {
        let isRun = isRun
        (tables.last ?? [0]).withUnsafeBufferPointer { row in
            forEachRow(rows) { index, start in
                guard let start else { return }
                let source = from + index * row.count
                if isRun { return pare_accumulate(source, row.count, 1, to + start + row[0]) }
                for place in row.indices where row[place] != Self.outside { to[start + row[place]] += source[place] }
            }
        }
    }
}
