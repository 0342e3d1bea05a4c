import Compression
import Frames
import Networks

/// Which weights of a layer stay: rows are output channels, columns inputs × kernel, two rows to a cell.
///
/// A matrix that does not fit is drawn twice: the whole of it, its cells shaded by the share of weights that stay, and below it, from
/// the row and column scrolled to, weight by weight. Where there are fewer than twelve rows, only one of the two.
package struct MaskMapView: ScreenView {
    package static var place: Place { .maskMap }

    /// The first row and column shown.
    var row = 0
    var column = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String {
        guard let layer = explorer.selectedLayer else { return "Mask" }
        let matrix = MaskMatrix(layer)
        return "Mask \(explorer.glyphs.dot) \(layer.shownWeight) \(explorer.glyphs.dot) "
            + "\(matrix.rows) outputs \(explorer.glyphs.times) \(matrix.columns) inputs"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, let layer = explorer.selectedLayer else { return }
        guard let compressed = explorer.made(layer), compressed.weights.count == layer.count, layer.count > 0 else {
            return ViewText.hint("the mask of \(layer.name) is being made", explorer, in: area, on: &frame)
        }
        compressed.weights.withFloats { weights in
            let drawing = MaskDrawing(
                explorer: explorer, matrix: MaskMatrix(layer), weights: weights, layer: layer, row: row, column: column)
            drawing.draw(in: area, on: &frame)
        }
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        guard let layer = explorer.selectedLayer else { return }
        row = max(0, min(row + offset, MaskMatrix(layer).rows - 1))
    }

    mutating func scroll(columns: Int, _ explorer: Explorer) {
        guard let layer = explorer.selectedLayer else { return }
        column = max(0, min(column + columns, MaskMatrix(layer).columns - 1))
    }

    package static let commands: [Command] = [
        Command(
            "scroll-left", "Scroll left", "Shows the columns to the left.",
            keys: [.left, .character("h")], in: [.maskMap], .views
        ) { explorer, _ in explorer.changeTop(MaskMapView.self) { $0.scroll(columns: -8, $1) } },
        Command(
            "scroll-right", "Scroll right", "Shows the columns to the right.",
            keys: [.right, .character("l")], in: [.maskMap], .views
        ) { explorer, _ in explorer.changeTop(MaskMapView.self) { $0.scroll(columns: 8, $1) } }.hinted(1, "scroll", keys: "←→"),
    ]
}

/// A layer's weights as a matrix [outputs, inputs × kernel].
struct MaskMatrix {
    let rows: Int
    let columns: Int
    private let isTransposed: Bool

    init(_ layer: Layer) {
        rows = max(1, layer.outputCount)
        columns = max(1, layer.count / rows)
        isTransposed = layer.isTransposed
    }

    /// The place of a weight in the layer's storage.
    func index(_ row: Int, _ column: Int) -> Int { isTransposed ? column * rows + row : row * columns + column }

    /// Rows and columns without any weight that stays.
    ///
    /// Cost: O(rows + columns) where most of them live, for a row is read up to its first weight and only columns not yet known to
    /// live are looked at; O(weights) where all are zeros.
    func dead(_ weights: UnsafeBufferPointer<Float>) -> (rows: Int, columns: Int) {
        var deadColumns = Array(0..<columns)
        var deadRows = 0
        for row in 0..<rows {
            // A row without weights says nothing of the columns, so that it is read once only.
            if (0..<columns).contains(where: { weights[index(row, $0)] != 0 }) {
                deadColumns.removeAll { weights[index(row, $0)] != 0 }
            } else {
                deadRows += 1
            }
        }
        return (deadRows, deadColumns.count)
    }

    /// The share of weights that stay in each of `height` × `width` equal parts, row-major.
    ///
    /// Parts of more than 8 × 8 weights are sampled at equal steps, so that a frame costs O(pixels).
    func density(_ weights: UnsafeBufferPointer<Float>, width: Int, height: Int) -> [Float] {
        var shares: [Float] = []
        shares.reserveCapacity(width * height)
        for y in 0..<height {
            let rowSpan = (y * rows / height)..<max(y * rows / height + 1, (y + 1) * rows / height)
            for x in 0..<width {
                let columnSpan = (x * columns / width)..<max(x * columns / width + 1, (x + 1) * columns / width)
                shares.append(share(weights, rowSpan, columnSpan))
            }
        }
        return shares
    }

    private func share(_ weights: UnsafeBufferPointer<Float>, _ rowSpan: Range<Int>, _ columnSpan: Range<Int>) -> Float {
        var (kept, seen) = (0, 0)
        for row in stride(from: rowSpan.lowerBound, to: rowSpan.upperBound, by: max(1, rowSpan.count / 8)) {
            for column in stride(from: columnSpan.lowerBound, to: columnSpan.upperBound, by: max(1, columnSpan.count / 8)) {
                kept += weights[index(row, column)] != 0 ? 1 : 0
                seen += 1
            }
        }
        return Float(kept) / Float(max(1, seen))
    }
}

extension Place {
    public static let maskMap = Place("maskMap", title: "mask map", .screen)
}
