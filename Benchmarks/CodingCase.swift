import Compression
import Formats
import Foundation
import Networks
import Tensors

/// Writing levels and reading them back, on arrays that are also left as files for other compressors.
enum CodingCase {
    private struct Named: Encodable {
        var name: String
        var levels: Int
    }

    private struct Answer: Encodable {
        var encodeSeconds: Double
        var decodeSeconds: Double
        var bytes: Int
        var levels: Int
        /// Binary decisions of an arithmetic code; nil for others.
        var decisions: Int?
        /// Seconds of one pass of the arithmetic encoder, which tries several ways through the matrix.
        var passSeconds: Double?
    }

    /// Writes each array as FOLDER/NAME.levels (a byte a level) and FOLDER/NAME.floats, lists them, and answers `NAME CODING`.
    static func run(_ arguments: [String]) throws {
        guard let path = arguments.first, arguments.count == 2 else { throw BenchmarkFailure.usage("coding MODEL FOLDER") }
        let folder = URL(fileURLWithPath: arguments[1])
        var arrays = try layers(of: NetworkReader.read(path))
        arrays["synthetic"] = synthetic(rows: 2_000, columns: 2_000)
        for (name, weights) in arrays {
            let levels = weights.levels.map { UInt8(truncatingIfNeeded: $0) }
            try Data(levels).write(to: folder.appendingPathComponent("\(name).levels"))
            try weights.floats().withUnsafeBytes { try Data($0).write(to: folder.appendingPathComponent("\(name).floats")) }
        }
        try Conversation.write(arrays.map { Named(name: $0.key, levels: $0.value.count) }.sorted { $0.levels < $1.levels })
        try Conversation.answer { words in
            guard words.count == 2, let weights = arrays[words[0]], let coding = WeightCoding(name: words[1]) else {
                throw BenchmarkFailure.usage("NAME CODING")
            }
            return try measure(weights, coding)
        }
    }

    private static func measure(_ weights: StoredWeights, _ coding: WeightCoding) throws -> Answer {
        let (encoded, encodeSeconds) = Stopwatch.measure { LevelCoders.encode(weights, as: coding) }
        guard let encoded else { throw BenchmarkFailure.usage("a coding that holds these levels") }
        var form = weights
        form.levels = []
        let (levels, decodeSeconds) = try Stopwatch.measure {
            try LevelCoders.decode(ContainerBytes(encoded.bytes), as: coding, count: weights.count, form: form)
        }
        guard levels == weights.levels else { throw BenchmarkFailure.wrongLevels }
        var answer = Answer(
            encodeSeconds: encodeSeconds, decodeSeconds: decodeSeconds, bytes: encoded.bytes.count, levels: weights.count)
        if coding == .arithmetic {
            answer.decisions = ArithmeticCoder().idealBits(weights)?.decisions
            answer.passSeconds = Stopwatch.measure { ArithmeticCoder().byteCount(of: weights, attempt: 0) }.seconds
        }
        return answer
    }

    /// Each layer of a network pruned to a tenth, the survivors on a grid of 5 bits.
    private static func layers(of network: Network) throws -> [String: StoredWeights] {
        var arrays: [String: StoredWeights] = [:]
        let plan = LayerPlan(pruning: .level(0.9), weights: .linear(LinearQuantization(bits: 5)))
        for layer in network.layers {
            guard let values = network.parameters[layer.weight]?.values else { continue }
            let distribution = try WeightDistribution(values)
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan,
                rule: PruningRule(plan, distribution), findsOptimum: false)
            if let made { arrays[layer.name] = made.stored }
        }
        return arrays
    }

    /// A tenth of the weights, in rows and columns that are filled differently; magnitudes fall off as those of trained weights do.
    private static func synthetic(rows: Int, columns: Int) -> StoredWeights {
        var generator = SeededGenerator(seed: 1)
        let ofRows = (0..<rows).map { _ in 0.02 + 0.6 * generator.uniform() * generator.uniform() }
        let ofColumns = (0..<columns).map { _ in 0.2 + 1.2 * generator.uniform() }
        let levels = (0..<rows * columns).map { index -> Int32 in
            guard generator.uniform() < ofRows[index / columns] * ofColumns[index % columns] else { return 0 }
            let magnitude = min(15, 1 + Int32(4 * abs(generator.laplace())))
            return generator.next() % 2 == 0 ? magnitude : -magnitude
        }
        return StoredWeights(
            shape: [rows, columns], isTransposed: false, values: .grid(scales: [0.01], largest: 15), levels: levels)
    }
}
