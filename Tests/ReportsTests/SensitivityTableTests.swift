import Compression
import Foundation
import Networks
import Reports
import Tensors
import Testing

@Suite("Sensitivity: options, figures, order of steps")
struct SensitivityTableTests {
    private static let layer = Layer(
        name: "fc1", weight: "fc1.weight", bias: nil, shape: [16, 12], node: nil, isConvolution: false, isTransposed: false)

    private static func context(_ plan: CompressionPlan = CompressionPlan()) -> SensitivityContext {
        SensitivityContext(
            network: "ab", base: nil, data: DataIdentity(name: "points", split: .validation, count: 2_000, sha256: nil), part: .all,
            seed: 1,
            plan: plan, environment: Environment(pareVersion: "1", kernels: "k", instructionSet: "i", threads: 1))
    }

    private static func table() -> SensitivityTable {
        let options = OptionFamily.options(of: [layer], in: ResolvedPlan(layers: [:]), families: ["level", "bits"])
        return SensitivityTable(.isolated, context(), options: options, figureName: "accuracy", count: 2_000)
    }

    private static func figure(
        _ table: SensitivityTable, _ family: String, _ value: Double, divergence: Double, won: Int, evaluated: Int = 250
    ) throws -> OptionFigure {
        let option = try #require(table.options.first { $0.family == family && $0.value == value })
        var figure = OptionFigure(option, evaluated: evaluated, count: 2_000, bytes: 768 - won, referenceBytes: 768)
        figure.divergence = divergence
        return figure
    }

    @Test("each family goes from the layer as it is to the coarsest, and changes nothing else of its plan")
    func families() throws {
        var plan = LayerPlan(pruning: .ratio(0.5), weights: .linear(LinearQuantization(bits: 5, isPerChannel: true)), biases: .int8)
        plan.bypass = true
        for family in OptionFamily.all {
            let options = family.options(of: Self.layer, from: plan)
            #expect(options.map(\.value) == family.values(of: Self.layer), "\(family.name)")
            for option in options {
                #expect(option.plan.biases == .int8 && !option.plan.bypass && option.family == family.name)
                #expect(OptionFamily.named(option.family)?.label(option.value) == option.label)
            }
        }
        let levels = try #require(OptionFamily.named("level")).options(of: Self.layer, from: plan)
        #expect(levels.count == 21 && levels[17].label == "level 0.85" && levels[17].plan.pruning == .level(0.85))
        #expect(levels[17].plan.weights == plan.weights)
        let bits = try #require(OptionFamily.named("bits")).options(of: Self.layer, from: plan)
        #expect(bits.first?.plan.weights == .float32 && bits.last?.label == "2 bits" && bits.last?.plan.pruning == .ratio(0.5))
        #expect(bits.last?.plan.weights == .linear(LinearQuantization(bits: 2, isPerChannel: true)))
        let shared = try #require(OptionFamily.named("centroids")).options(of: Self.layer, from: .unchanged)
        #expect(shared.map(\.value) == [256, 128, 64, 32, 16, 8, 4, 2] && shared.last?.plan.weights == .shared(WeightSharing(bits: 1)))
        // No factors where the graph does not allow them.
        #expect(try #require(OptionFamily.named("rank")).options(of: Self.layer, from: .unchanged).isEmpty)
        #expect(OptionFamily.bypasses(of: [Self.layer], in: ResolvedPlan(layers: [:])).isEmpty)
    }

    @Test("the halves of the examples are apart and whole")
    func parts() {
        for count in [0, 1, 7, 10_000] {
            let (first, second) = (ExamplePart.choose.range(of: count), ExamplePart.confirm.range(of: count))
            #expect(first.upperBound == second.lowerBound && first.count + second.count == count && first.count - second.count <= 1)
            #expect(ExamplePart.all.range(of: count) == 0..<count)
        }
    }

    @Test("least change for a byte first, of equal ones the larger; what wins nothing, changes nothing or loses outputs is no step")
    func order() throws {
        var table = Self.table()
        table.add(try Self.figure(table, "level", 0.5, divergence: 0.02, won: 200))
        table.add(try Self.figure(table, "level", 0.8, divergence: 0.03, won: 400))
        table.add(try Self.figure(table, "bits", 4, divergence: 0, won: 500))
        table.add(try Self.figure(table, "bits", 3, divergence: 0, won: 600))
        #expect(table.measure == .divergence)
        #expect(table.nextSteps().map(\.option.label) == ["3 bits", "level 0.8"])
        var none = try Self.figure(table, "level", 0, divergence: 0, won: 0)
        none.changesNothing = true
        var lost = try Self.figure(table, "level", 0.98, divergence: 0, won: 700)
        lost.notFinite = 3
        let larger = try Self.figure(table, "level", 0.05, divergence: 0, won: -10)
        for figure in [none, lost, larger] { table.add(figure) }
        #expect([none, lost, larger].map(\.remark) == ["no effect", "not finite", "no gain"])
        #expect(table.nextSteps().map(\.option.label) == ["3 bits", "level 0.8"] && table.nextSteps(1).count == 1)
        // More examples take the place of fewer, never the other way round.
        table.add(try Self.figure(table, "bits", 3, divergence: 5, won: 600, evaluated: 2_000))
        table.add(try Self.figure(table, "bits", 3, divergence: 0, won: 600))
        #expect(table.nextSteps().map(\.option.label) == ["4 bits", "level 0.8"])
        let again = try JSONDecoder().decode(SensitivityTable.self, from: JSONEncoder().encode(table))
        #expect(again == table)
    }

    @Test("the envelope never falls towards coarser options, and lies on or above every raw point")
    func envelope() throws {
        var table = Self.table()
        for (value, divergence) in [(0.5, 0.02), (0.6, 0.01), (0.8, 0.05)] {
            table.add(try Self.figure(table, "level", value, divergence: divergence, won: 10))
        }
        let (curve, envelope) = (
            table.curve(of: "fc1.weight", "level"), table.envelope(of: "fc1.weight", "level", .divergence)
        )
        #expect(curve.count == envelope.count && envelope[9] == nil && envelope[10] == 0.02 && envelope[12] == 0.02 && envelope[20] == 0.05)
        for (point, high) in zip(curve, envelope) {
            if let raw = point.figure?.divergence { #expect(raw <= high ?? -1) }
        }
    }

    @Test("more than ten points of surely lost accuracy need no more examples, fewer do")
    func hopeless() throws {
        let table = Self.table()
        var figure = try Self.figure(table, "bits", 2, divergence: 1, won: 700)
        (figure.gains, figure.losses) = (2, 120)
        figure.judge()
        #expect(figure.isHopeless)
        (figure.gains, figure.losses) = (2, 24)
        figure.judge()
        #expect(!figure.isHopeless)
    }

    @Test("equal contexts have equal names, others others; temperature and losses say nothing")
    func names() {
        var plan = ResolvedPlan(layers: ["fc1.weight": LayerPlan(pruning: .level(0.5))])
        let first = Self.context(SensitivityContext.plan(of: plan))
        plan.temperature = 2
        #expect(Self.context(SensitivityContext.plan(of: plan)).name == first.name && first.name.count == 16)
        #expect(Self.context().name != first.name)
    }

    @Test("the document has every option, null where nothing is known")
    func document() throws {
        var table = Self.table()
        table.add(try Self.figure(table, "bits", 4, divergence: 0.5, won: 500))
        let identity = NetworkIdentity(name: "n", parameters: 5, sha256: nil, fileBytes: nil)
        let object = try JSONSerialization.jsonObject(with: SensitivityDocument([table], network: identity).json()) as? [String: Any]
        let tables = try #require(object?["tables"] as? [[String: Any]])
        let options = try #require(tables.first?["options"] as? [[String: Any]])
        #expect(options.count == table.options.count && options.count { $0["bytes"] is Int } == 1)
        #expect(options.first { $0["label"] as? String == "4 bits" }?["divergence"] as? Double == 0.5)
        #expect((tables.first?["next"] as? [[String: Any]])?.count == 1)
    }
}
