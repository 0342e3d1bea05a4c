import Kernels
import Networks
import Tensors

/// Goes through a network for values that are wanted one after another, and keeps of each example what is still to be read, so that no node is run
/// twice for it. Owned by the lane.
///
/// What is kept of an example lies before the node that was reached last, as far as a stated number of bytes goes: where the next boundary has no room,
/// an example keeps that which it has, or starts at the input again. Parameters may change between stops, but only of nodes that were not run.
/// Memory: the limit, and the activations of one batch.
final class NetworkWalk {
    private struct Kept {
        /// At whose boundary.
        let stop: Int
        let values: [Float]
    }

    let stops: [WalkStop]
    /// Nodes that were run, each for one example.
    private(set) var nodeRuns = 0
    /// Bytes that are kept now.
    private(set) var byteCount = 0
    private let boundaries: [WalkBoundary?]
    private let shapes: [String: Shape]
    private let data: Dataset
    private let limit: Int
    /// By example, the last stop that wants it.
    private var last: [Int: Int] = [:]
    private var kept: [Int: Kept] = [:]

    /// Numbers of the activations of one batch at most, and examples.
    private static let batchValues = 1 << 26
    private static let batchSize = 64

    /// - Parameters:
    ///   - shapes: For one example, with the batch.
    ///   - limit: Bytes that are kept at most.
    init(_ network: Network, _ shapes: [String: Shape], stops: [WalkStop], data: Dataset, limit: Int) {
        (self.stops, self.shapes, self.data, self.limit) = (stops, shapes, data, limit)
        boundaries = WalkBoundaries(network, shapes, stops: stops).ofStop
        for (number, stop) in stops.enumerated() { for example in stop.examples { last[example] = number } }
    }

    /// The stop at whose boundary an example can go on to another; −1 for the input.
    func start(of example: Int, to stop: Int) -> Int {
        guard let own = kept[example], let place = boundaries[own.stop]?.place, place <= stops[stop].place else { return -1 }
        return own.stop
    }

    /// The way from a start to a stop, of the network as it is now.
    func segment(from start: Int, to stop: Int, in network: Network) -> WalkSegment {
        let from = start < 0 ? nil : boundaries[start]
        let isLast = stop == stops.count - 1
        let end = isLast ? nil : boundaries[stop].flatMap { $0.place > from?.place ?? 0 ? $0 : nil }
        return WalkSegment(of: network, shapes, from: from, to: stops[stop], keeping: end)
    }

    /// Examples of a batch, so that its activations are not too many.
    func batchSize(of segment: WalkSegment, count: Int) -> Int {
        segment.network.batch(max(1, min(Self.batchSize, count, Self.batchValues / max(1, segment.valueCount))))
    }

    /// Writes what examples start with, as rows.
    func fill(_ rows: UnsafeMutableBufferPointer<Float>, with examples: ArraySlice<Int>, from start: Int) throws(KernelError) {
        guard start >= 0 else {
            do throws(ExampleFailure) { try data.fill(rows, with: examples) } catch { throw .examples(error.description) }
            return
        }
        var place = rows.startIndex
        for values in examples.compactMap({ kept[$0]?.values }) {
            place = rows[place...].update(fromContentsOf: values)
        }
        rows[place...].update(repeating: 0)
    }

    /// Keeps what lies behind a segment, of the examples that are wanted later, and lets go of the others.
    ///
    /// - Parameter rows: What leaves the segment, a row an example.
    func take(_ rows: UnsafeBufferPointer<Float>, of examples: ArraySlice<Int>, behind segment: WalkSegment, to stop: Int) {
        nodeRuns += segment.nodeCount * examples.count
        for (number, example) in examples.enumerated() {
            let own = kept[example]?.values.count ?? 0
            if last[example, default: stop] <= stop {
                kept[example] = nil
                byteCount -= 4 * own
            } else if segment.kept > 0, byteCount + 4 * (segment.kept - own) <= limit {
                let start = number * segment.width.leaving
                kept[example] = Kept(stop: stop, values: Array(rows[start..<start + segment.kept]))
                byteCount += 4 * (segment.kept - own)
            }
        }
    }
}

/// What a network gives as it is walked through, from a start to a stop, batch by batch. Owned by the lane.
final class WalkReader {
    let batchSize: Int
    private let walk: NetworkWalk
    private let segment: WalkSegment
    private let place: (start: Int, stop: Int)
    /// Nil where nothing is to be run.
    private let executor: OneDNNExecutor?
    private var rows: [Float] = []
    private var examples: ArraySlice<Int> = []
    private var stage = 0

    init(_ walk: NetworkWalk, _ segment: WalkSegment, from start: Int, to stop: Int, batchSize: Int) throws(KernelError) {
        (self.walk, self.segment, self.batchSize, place) = (walk, segment, batchSize, (start, stop))
        executor = segment.nodeCount > 0 ? try OneDNNExecutor(network: segment.network, batchSize: batchSize) : nil
    }

    /// Whether the batch is run.
    var isDone: Bool { stage >= executor?.stages.count ?? 0 }

    func begin(_ examples: ArraySlice<Int>) throws(KernelError) {
        (self.examples, stage) = (examples, 0)
        var failure: KernelError?
        let fill = { (target: UnsafeMutableBufferPointer<Float>) in
            do throws(KernelError) { try self.walk.fill(target, with: examples, from: self.place.start) } catch { failure = error }
        }
        if let executor {
            executor.withInput(fill)
        } else {
            rows = Array(repeating: 0, count: examples.count * segment.width.entering)
            rows.withUnsafeMutableBufferPointer { fill($0) }
        }
        if let failure { throw failure }
    }

    func runStage() throws(KernelError) {
        try executor?.run(stage: stage)
        stage += 1
    }

    /// Lends the wanted value of each example of the batch, and has the walk keep what is read later.
    func end(_ body: (_ number: Int, UnsafeBufferPointer<Float>) -> Void) throws(KernelError) {
        let take = { (rows: UnsafeBufferPointer<Float>) in
            let (length, wanted) = (self.segment.width.leaving, self.segment.wanted)
            for number in 0..<self.examples.count {
                body(number, UnsafeBufferPointer(rebasing: rows[number * length + wanted.lowerBound..<number * length + wanted.upperBound]))
            }
            self.walk.take(rows, of: self.examples, behind: self.segment, to: self.place.stop)
        }
        if let executor { try executor.withLogits(take) } else { rows.withUnsafeBufferPointer(take) }
    }
}
