import Networks
import Tensors

/// The elements of a result whose operands are repeated along some axes, as rows in which each operand either stands still or goes along.
///
/// Neighbouring axes along which the same operands are repeated are one axis, so that rows are as long as they can be.
struct BroadcastWalk {
    /// Extents before the row, and each operand's step along them.
    private let extents: [Int]
    private let steps: [[Int]]
    let width: Int
    /// Of each operand inside a row: 0 or 1.
    let inner: [Int]

    init(_ operands: [Shape], to shape: Shape) {
        var groups: [(extent: Int, repeats: [Bool])] = []
        for axis in shape.dimensions.indices where shape[axis] != 1 {
            let repeats = operands.map { operand in
                let own = axis - (shape.rank - operand.rank)
                return own < 0 || operand[own] == 1
            }
            if groups.last?.repeats == repeats {
                groups[groups.count - 1].extent *= shape[axis]
            } else {
                groups.append((shape[axis], repeats))
            }
        }
        let last = groups.popLast() ?? (shape.count, operands.map { _ in false })
        (width, inner) = (last.extent, last.repeats.map { $0 ? 0 : 1 })
        var strides = last.repeats.map { $0 ? 1 : last.extent }
        var steps: [[Int]] = []
        for group in groups.reversed() {
            steps.append(strides.indices.map { group.repeats[$0] ? 0 : strides[$0] })
            for operand in strides.indices where !group.repeats[operand] { strides[operand] *= group.extent }
        }
        (extents, self.steps) = (groups.map(\.extent), steps.reversed())
    }

    var rows: Int { extents.reduce(1, *) }
    /// What work is shared out by: rows, or the elements of the only one.
    var units: Int { rows == 1 ? width : rows }
    /// Values of a unit.
    var unitSize: Int { rows == 1 ? 1 : width }

    /// Units that can be worked on side by side without two of them meeting one element of the operand: parts of this many, at most.
    func partCount(of operand: Int) -> Int {
        if rows == 1 { return inner[operand] == 1 ? width : 1 }
        guard let first = steps.first, first[operand] != 0 else { return 1 }
        return extents[0]
    }

    /// The most values that a piece of a row has.
    static let piece = 4_096
    /// Values that `body` of ``forEach(_:_:)`` is called with at most.
    var largestPiece: Int { rows == 1 ? min(width, Self.piece) : width }

    /// Calls `body` with the places in the result of rows, or of pieces of the only one, and where each operand begins there.
    func forEach(_ units: Range<Int>, _ body: (_ places: Range<Int>, _ starts: UnsafePointer<Int>) -> Void) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, inner.count)) { starts in
            guard let first = starts.baseAddress else { return }
            if rows == 1 {
                for start in stride(from: units.lowerBound, to: units.upperBound, by: Self.piece) {
                    for operand in inner.indices { starts[operand] = inner[operand] * start }
                    body(start..<min(start + Self.piece, units.upperBound), first)
                }
                return
            }
            for row in units {
                for operand in inner.indices { starts[operand] = 0 }
                var rest = row
                for axis in extents.indices.reversed() {
                    let place = rest % extents[axis]
                    rest /= extents[axis]
                    for operand in inner.indices { starts[operand] += place * steps[axis][operand] }
                }
                body(row * width..<(row + 1) * width, first)
            }
        }
    }
}
