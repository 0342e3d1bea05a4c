import Compression
import Networks
import Tensors

/// What one node reads over places of examples, as sums of products. Owned by one thread.
///
/// Where a layer has many places, some of each example are taken, spread evenly and turned from example to example.
struct InputTally {
    private(set) var sums: InputSums
    private let sampler: WindowSampler
    /// Where the value lies in a row.
    private let range: Range<Int>
    private let placesOfExample: Int
    private var numbers = 0

    /// Columns that are wanted at most, and multiply-adds for these; at least four for each input.
    private static let mostColumns = 32_768
    private static let mostWork = 20_000_000_000

    init(_ sampler: WindowSampler, groups: Int, range: Range<Int>, examples: Int) {
        (self.sampler, self.range) = (sampler, range)
        let size = sampler.inputs / max(1, groups)
        sums = InputSums(groups: groups, size: size)
        let wanted = max(4 * size, min(Self.mostColumns, Self.mostWork / max(1, groups * size * size)))
        placesOfExample = min(sampler.places, (wanted + examples - 1) / max(1, examples))
    }

    /// Takes the next examples in, a row each; their products are counted by ``step()``. Cost: O(values).
    mutating func take(_ values: UnsafeBufferPointer<Float>, examples: Int, rowLength: Int) {
        sums.take(columns(values, examples: examples, rowLength: rowLength))
    }

    /// The windows of the next examples, side by side, [groups · d, columns]. Cost: O(values).
    mutating func columns(_ values: UnsafeBufferPointer<Float>, examples: Int, rowLength: Int) -> [Float] {
        let (width, height) = (examples * placesOfExample, sampler.inputs)
        defer { numbers += examples }
        return [Float](unsafeUninitializedCapacity: height * width) { rows, filled in
            guard let start = rows.baseAddress else { return }
            for example in 0..<examples {
                let from = example * rowLength
                let own = UnsafeBufferPointer(rebasing: values[from + range.lowerBound..<from + range.upperBound])
                for index in 0..<placesOfExample {
                    let place = (index * sampler.places / placesOfExample + (numbers + example) * 7_919) % sampler.places
                    sampler.read(own, place: place, into: start + example * placesOfExample + index, step: width)
                }
            }
            filled = height * width
        }
    }

    /// Counts some more of the products; false where there are none left.
    mutating func step() -> Bool { sums.step() }
}
