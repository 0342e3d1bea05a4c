import Compression
import Kernels
import Networks
import Tensors

/// A stop of a walk through a network, as its parameters are now.
struct WalkSource {
    let walk: NetworkWalk
    let stop: Int
    let network: Network
}

/// What one layer reads in a network that was cut, and what it gave in the one before, over places of examples. Owned by the lane.
///
/// Every example goes on from where the walks left it. Those that start alike are run together, batch by batch.
final class LayerLook {
    private(set) var moments: SecondMoments
    /// Those of every eighth example, which are not fitted.
    private(set) var heldOut: SecondMoments
    private let places: LayerPlaces
    private let inputs: WalkSource
    /// Nil where nobody asks for what the layer should give.
    private let wanted: WalkSource?
    /// Examples by their numbers, those that start alike beside each other.
    private var runs: [Run]
    private var open: Batch?
    private var done = 0

    /// Examples that start alike in both networks.
    private struct Run {
        let starts: Starts
        var numbers: [Int]
        var next = 0
    }

    private struct Starts: Hashable {
        let inputs: Int
        let wanted: Int
    }

    /// What runs a batch, and what it gave.
    private struct Batch {
        let inputs: WalkReader
        let wanted: WalkReader?
        let size: Int
        /// Those that are fitted first.
        var numbers: [Int] = []
        var fitted = 0
        var stage = Stage.begin
        /// [inputs + outputs, columns].
        var columns: [Float] = []
        var added = 0
    }

    private enum Stage { case begin, inputs, wanted, adding }

    /// - Parameters:
    ///   - inputs: Where what the layer reads is wanted.
    ///   - wanted: Where its target is.
    init(_ places: LayerPlaces, inputs: WalkSource, wanted: WalkSource?) {
        (self.places, self.inputs, self.wanted) = (places, inputs, wanted)
        moments = SecondMoments(inputs: places.sampler.inputs, outputs: wanted == nil ? 0 : places.target.outputs.count)
        heldOut = moments
        var (runs, known) = ([Run](), [Starts: Int]())
        for (number, example) in places.examples.enumerated() {
            let starts = Starts(
                inputs: inputs.walk.start(of: example, to: inputs.stop),
                wanted: wanted.map { $0.walk.start(of: example, to: $0.stop) } ?? -1)
            let run = known[starts] ?? runs.count
            if run == runs.count { runs.append(Run(starts: starts, numbers: [])) }
            known[starts] = run
            runs[run].numbers.append(number)
        }
        self.runs = runs.reversed()
    }

    /// Examples that were run, and all.
    var counts: (done: Int, total: Int) { (done, places.examples.count) }

    /// About 10 ms of work, or a stage of a batch; false when all is added.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        repeat { guard try advance() else { return false } } while ContinuousClock.now < end
        return true
    }

    private func advance() throws(KernelError) -> Bool {
        guard let run = runs.last else { return false }
        // Held once only, or every step would copy its columns.
        var batch: Batch
        if let open { batch = open } else { batch = try begin(run) }
        open = nil
        switch batch.stage {
        case .begin: try fill(&batch)
        case .inputs: try goOn(batch.inputs, &batch)
        case .wanted: if let wanted = batch.wanted { try goOn(wanted, &batch) }
        case .adding: add(&batch)
        }
        if batch.stage == .begin, runs[runs.count - 1].next == run.numbers.count {
            runs.removeLast()
        } else {
            open = batch
        }
        return !runs.isEmpty
    }

    private func begin(_ run: Run) throws(KernelError) -> Batch {
        let segment = inputs.walk.segment(from: run.starts.inputs, to: inputs.stop, in: inputs.network)
        var size = inputs.walk.batchSize(of: segment, count: run.numbers.count)
        var other: WalkReader?
        if let wanted {
            let segment = wanted.walk.segment(from: run.starts.wanted, to: wanted.stop, in: wanted.network)
            size = min(size, wanted.walk.batchSize(of: segment, count: run.numbers.count))
            other = try WalkReader(wanted.walk, segment, from: run.starts.wanted, to: wanted.stop, batchSize: size)
        }
        let reader = try WalkReader(inputs.walk, segment, from: run.starts.inputs, to: inputs.stop, batchSize: size)
        return Batch(inputs: reader, wanted: other, size: size)
    }

    /// The next examples of the run, those that are held out last.
    private func fill(_ batch: inout Batch) throws(KernelError) {
        let run = runs[runs.count - 1]
        let numbers = run.numbers[run.next..<min(run.numbers.count, run.next + batch.size)]
        batch.numbers = numbers.filter { !LayerPlaces.isHeld($0) }
        batch.fitted = batch.numbers.count * places.placesOfExample
        batch.numbers += numbers.filter(LayerPlaces.isHeld)
        batch.columns = Array(repeating: 0, count: (moments.inputs + moments.outputs) * numbers.count * places.placesOfExample)
        runs[runs.count - 1].next += numbers.count
        batch.stage = .inputs
        let examples = batch.numbers.map { places.examples[$0] }
        try batch.inputs.begin(examples[...])
        try batch.wanted?.begin(examples[...])
    }

    private func goOn(_ reader: WalkReader, _ batch: inout Batch) throws(KernelError) {
        if !reader.isDone { try reader.runStage() }
        guard reader.isDone else { return }
        let isInput = batch.stage == .inputs
        let (sampler, places, numbers) = (places.sampler, places, batch.numbers)
        let width = numbers.count * places.placesOfExample
        var columns = batch.columns
        batch.columns = []
        try reader.end { number, example in
            columns.withUnsafeMutableBufferPointer { columns in
                guard let start = columns.baseAddress else { return }
                for index in 0..<places.placesOfExample {
                    let (place, column) = (places.place(index, of: numbers[number]), start + number * places.placesOfExample + index)
                    if isInput {
                        sampler.read(example, place: place, into: column, step: width)
                    } else {
                        sampler.write(example, place: place, places.target.outputs, into: column + sampler.inputs * width, step: width)
                    }
                }
            }
        }
        batch.columns = columns
        (batch.stage, batch.added) = (isInput && batch.wanted != nil ? .wanted : .adding, 0)
    }

    private func add(_ batch: inout Batch) {
        let all = batch.numbers.count * places.placesOfExample
        batch.added =
            batch.added < batch.fitted
            ? moments.add(batch.columns, columns: all, from: batch.added, to: batch.fitted)
            : heldOut.add(batch.columns, columns: all, from: batch.added)
        guard batch.added >= all else { return }
        done += batch.numbers.count
        batch.stage = .begin
    }
}
