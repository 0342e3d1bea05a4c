import Compression
import Engine
import Foundation
import Kernels
import Networks
import Reports
import Tensors
import Testing

/// Measuring without labels: the original's answers take their place.
@Suite("Agreement with the original", .serialized)
struct AgreementTests {
    private let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.8)))])

    @Test("On generated inputs: share, cosine and KL are those of the logits, and an unchanged network agrees wholly")
    func generated() throws {
        let network = try Bundled.network("lenet-300-100")
        let data = GeneratedInputs.dataset(for: network, card: nil, count: 330)
        let run = EngineRun(network, .ready(data))
        let same = try #require(run.settle(CompressionPlan(), generation: 1).accuracy)
        #expect(same.kind == .generated && same.isAgreement && same.isExact && same.count == 330)
        #expect(same.current == 1 && same.losses == 0 && abs((same.cosine ?? 0) - 1) < 1e-12 && same.divergence == 0)
        let outcome = run.settle(plan, generation: 2)
        let report = try #require(outcome.accuracy)
        #expect(report.isExact && report.gains == 0 && report.losses == report.flipped.count && report.losses > 0)
        var (agreed, cosine, divergence) = (0, 0.0, 0.0)
        for example in 0..<330 {
            let rows = [outcome.originalLogits, outcome.currentLogits].map { $0[example * 10..<example * 10 + 10].map(Double.init) }
            func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            let shares = rows.map { row in row.map { exp($0) / row.reduce(0) { $0 + exp($1) } } }
            if rows[0].firstIndex(of: rows[0].max() ?? 0) == rows[1].firstIndex(of: rows[1].max() ?? 0) { agreed += 1 }
            cosine += product(rows[0], rows[1]) / (product(rows[0], rows[0]) * product(rows[1], rows[1])).squareRoot() / 330
            divergence += zip(shares[0], shares[1]).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) } / 330
        }
        #expect(abs(report.current - Double(agreed) / 330) < 1e-12)
        #expect(abs((report.cosine ?? 0) - cosine) < 1e-9 && abs((report.divergence ?? 0) - divergence) < 1e-7)
        #expect(report.interval.halfWidth == 0)
    }

    @Test("Generated inputs are the same in every order, have mean 0 and deviation 1, and bring out several classes")
    func inputs() throws {
        let network = try Bundled.network("lenet-5")
        let data = GeneratedInputs.dataset(for: network, card: nil, count: 200)
        let values = try (0..<200).flatMap { try data.pixels(of: $0).floats.map(Double.init) }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        // 64 squares an image: the mean of 200 images has a standard error of about 0.7 / √12,800 = 0.006.
        #expect(abs(mean) < 0.03 && abs(deviation - 1) < 0.03)
        #expect(try data.pixels(of: 7).floats == GeneratedInputs.dataset(for: network, card: nil, count: 10).pixels(of: 7).floats)
        #expect(try data.pixels(of: 7).floats != data.pixels(of: 8).floats)
        let outcome = EngineRun(network, .ready(data)).settle(CompressionPlan(), generation: 1)
        let classes = Set(
            (0..<200).map { example -> Int in
                let row = outcome.originalLogits[example * 10..<example * 10 + 10]
                return (row.firstIndex(of: row.max() ?? 0) ?? row.startIndex) - row.startIndex
            })
        #expect(classes.count >= 5, "\(classes)")
    }

    @Test(
        "Examples without labels agree as the same examples with labels do", .enabled(if: Bundled.hasData, "the data set is not installed"))
    func unlabelled() throws {
        let network = try Bundled.network("lenet-300-100")
        var data = try Bundled.validation(first: 700)
        let labelled = try #require(Outcome.fresh(network, data, plan).accuracy)
        data.labels = []
        let report = try #require(Outcome.fresh(network, data, plan).accuracy)
        #expect(report.kind == .unlabelled && labelled.kind == nil && !labelled.isAgreement)
        #expect(report.current == labelled.agreement && report.count == 700)
        #expect(report.flipped.sorted() == labelled.flipped.sorted())
    }

    @Test("Examples that can't be read fail with their sentence")
    func unreadable() throws {
        struct Broken: ExampleSource {
            let count = 40
            func pixels(of example: Int) throws(ExampleFailure) -> Tensor {
                if example == 33 { throw ExampleFailure("pictures/33.png: PNG: damaged") }
                return Tensor(shape: [1, 28, 28], floats: [Float](repeating: Float(example), count: 784))
            }
            func expect(_ order: [Int]) {}
        }
        let network = try Bundled.network("lenet-300-100")
        var data = Dataset(
            name: "pictures", split: .test, inputs: Tensor(shape: [0, 1, 28, 28], floats: []), labels: [], classNames: [])
        data.source = Broken()
        let outcome = EngineRun(network, .ready(data)).settle(plan, generation: 1)
        #expect(outcome.failures == [.data("pictures/33.png: PNG: damaged")])
        #expect(outcome.layers.count == 3)
    }

    @Test("A network that guesses is warned of, one that does not is not", .enabled(if: Bundled.hasData, "the data set is not installed"))
    func chance() throws {
        let network = try Bundled.network("lenet-300-100")
        var data = try Bundled.validation(first: 700)
        let good = try #require(Outcome.fresh(network, data, CompressionPlan()).accuracy)
        #expect(!good.isNearChance && good.chanceWarning == nil)
        // Labels of other examples: right by chance only.
        data.labels = Array(data.labels.suffix(1) + data.labels.dropLast())
        let wrong = try #require(Outcome.fresh(network, data, CompressionPlan()).accuracy)
        #expect(wrong.isNearChance && wrong.chanceWarning?.contains("guessing in 10.0 %") == true)
    }
}
