import CKernels
import Compression
import Networks
import Tensors

/// Sums of products of what one node reads, over places of examples, in pieces of some milliseconds. Owned by one thread.
///
/// Where a layer has many places, some of each example are taken, spread evenly and turned from example to example. Cost: columns · groups · d² / 2.
struct InputTally {
    private let sampler: WindowSampler
    private let groups: Int
    /// d.
    private let size: Int
    /// Where the value lies in a row.
    private let range: Range<Int>
    private let placesOfExample: Int
    /// Σ x xᵀ, lower triangles [groups, d, d].
    private(set) var sums: [Double]
    private(set) var columns = 0
    private var numbers = 0
    /// The batch under way [groups · d, columns], and how many of its rows are counted.
    private var block: [Float] = []
    private var done = 0

    /// Multiply-adds of one piece.
    private static let work = 1 << 24
    /// Columns that are wanted at most, and multiply-adds for these; at least four for each input.
    private static let mostColumns = 32_768
    private static let mostWork = 20_000_000_000

    init(_ sampler: WindowSampler, groups: Int, range: Range<Int>, examples: Int) {
        (self.sampler, self.groups, self.range) = (sampler, groups, range)
        size = sampler.inputs / max(1, groups)
        let wanted = max(4 * size, min(Self.mostColumns, Self.mostWork / max(1, groups * size * size)))
        placesOfExample = min(sampler.places, (wanted + examples - 1) / max(1, examples))
        sums = Array(repeating: 0, count: groups * size * size)
    }

    private var width: Int { block.count / max(1, groups * size) }

    /// Takes the next examples in, a row each; their products are counted by ``step()``. Cost: O(values).
    mutating func take(_ values: UnsafeBufferPointer<Float>, examples: Int, rowLength: Int) {
        let width = examples * placesOfExample
        block = [Float](unsafeUninitializedCapacity: groups * size * width) { rows, filled in
            guard let start = rows.baseAddress else { return }
            for example in 0..<examples {
                let from = example * rowLength
                let own = UnsafeBufferPointer(rebasing: values[from + range.lowerBound..<from + range.upperBound])
                for index in 0..<placesOfExample {
                    let place = (index * sampler.places / placesOfExample + (numbers + example) * 7_919) % sampler.places
                    sampler.read(own, place: place, into: start + example * placesOfExample + index, step: width)
                }
            }
            filled = groups * size * width
        }
        numbers += examples
        columns += width
        done = 0
    }

    /// Counts some more of the batch's products; false where there are none left.
    mutating func step() -> Bool {
        guard done < groups * size, !block.isEmpty else { return false }
        let (size, width) = (size, width)
        let (group, first) = (done / size, done % size)
        let rows = max(1, Self.work / max(1, 4 * size * width)) * 4
        let end = min(size, first + rows)
        block.withUnsafeBufferPointer { block in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let block = block.baseAddress, let sums = sums.baseAddress else { return }
                pare_add_gram(block + group * size * width, size, width, first, end, sums + group * size * size)
            }
        }
        done = group * size + end
        if done == groups * size { block = [] }
        return done < groups * size
    }
}
