import CKernels
import COneDNN
import Tensors

/// Brings images into lanes or out of them, on the threads of oneDNN. Cost: O(elements).
final class LaneReorder {
    /// How the images lie that are no lanes.
    enum Other {
        case rows
        case channelsLast
    }

    let isInto: Bool
    private let other: Other
    private let shape: Shape
    private let lanes: Int
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()
    /// Parts of a block: some columns, or some pixels.
    private let parts: Int
    private static let partColumns = 1_024

    /// Images [N, C, H, W] from `source` to `destination`, into lanes or out of them.
    init(into isInto: Bool, _ other: Other, _ shape: Shape, lanes: Int, from source: BoundMemory, to destination: BoundMemory) {
        (self.isInto, self.other, self.shape, self.lanes) = (isInto, other, shape, lanes)
        (self.source, self.destination) = (source, destination)
        parts = max(1, shape.rowCount / Self.partColumns)
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let items = (shape[0] + lanes - 1) / lanes * parts
        pare_parallel(
            threads, items, max(1, items / (8 * max(1, Int(threads)))),
            { context, _, first, last in
                guard let context else { return }
                let reorder = Unmanaged<LaneReorder>.fromOpaque(context).takeUnretainedValue()
                for item in first..<last { reorder.run(item) }
            }, context)
    }

    private func run(_ item: Int) {
        let (block, part) = item.quotientAndRemainder(dividingBy: parts)
        switch other {
        case .rows: move(block, columns: shape.rowCount * part / parts..<shape.rowCount * (part + 1) / parts)
        case .channelsLast:
            let pixels = shape[2] * shape[3]
            for pixel in pixels * part / parts..<pixels * (part + 1) / parts { move(block, pixel: pixel) }
        }
    }

    /// Columns of rows.
    private func move(_ block: Int, columns: Range<Int>) {
        let first = block * lanes * shape.rowCount
        transpose(block, columns.count, side: first + columns.lowerBound, step: lanes, lane: first + columns.lowerBound * lanes)
    }

    /// The channels of a pixel.
    private func move(_ block: Int, pixel: Int) {
        let (first, pixels) = (block * lanes * shape.rowCount, shape[2] * shape[3])
        transpose(block, shape[1], side: first + pixel * shape[1], step: pixels * lanes, lane: first + pixel * lanes)
    }

    /// `count` neighbours from place `side` of each image, to or from lanes at `lane` that lie `step` apart.
    private func transpose(_ block: Int, _ count: Int, side: Int, step: Int, lane: Int) {
        guard let from = source.data?.assumingMemoryBound(to: Float.self), let to = destination.data?.assumingMemoryBound(to: Float.self)
        else { return }
        let (images, pitch) = (Int64(shape[0] - block * lanes), Int64(shape.rowCount))
        if isInto {
            pare_to_lanes(from + side, images, Int64(count), pitch, Int64(lanes), Int64(step), to + lane)
        } else {
            pare_from_lanes(from + lane, images, Int64(count), pitch, Int64(lanes), Int64(step), to + side)
        }
    }
}
