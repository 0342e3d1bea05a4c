import Compression
import Networks
import Tensors
import Testing

/// Scales of groups, held against plain loops, and kept bit for bit in a container.
@Suite("Scales of groups")
struct WeightGroupTests {
    private func layer(_ shape: Shape, isTransposed: Bool = false) -> Layer {
        Layer(name: "a", weight: "a.weight", bias: nil, shape: shape, node: 0, isConvolution: false, isTransposed: isTransposed)
    }

    private func weights(_ shape: Shape) -> Tensor {
        var generator = SeededGenerator(seed: 31)
        return Tensor(shape: shape, floats: (0..<shape.count).map { Float(generator.normal()) * (0.01 + 0.001 * Float($0 % 97)) })
    }

    private func compressed(_ shape: Shape, _ plan: LayerPlan, isTransposed: Bool = false) throws -> CompressedLayer {
        let (layer, weights) = (layer(shape, isTransposed: isTransposed), weights(shape))
        let distribution = try WeightDistribution(weights)
        let made = try LayerCompressor.compress(
            layer: layer, weights: weights, bias: nil, distribution: distribution, plan: plan,
            rule: PruningRule(plan, distribution))
        return try #require(made)
    }

    @Test("linear: codes of each group by its own largest magnitude", arguments: [32, 64, 128])
    func linear(group: Int) throws {
        let plan = LayerPlan(weights: .linear(LinearQuantization(bits: 4, clip: .maximum, group: group)))
        let made = try compressed([6, 256], plan)
        let (before, after) = (weights([6, 256]).floats, made.weights.floats)
        #expect(made.summary.scales.count == 6 * 256 / group)
        for start in stride(from: 0, to: before.count, by: group) {
            let scale = Float(made.summary.scales[start / group])
            let largest = before[start..<start + group].map(\.magnitude).max() ?? 0
            #expect(abs(scale * 7 / largest - 1) < 1e-5)
            for index in start..<start + group {
                let code = min(7, max(-7, (before[index] / scale).rounded(.toNearestOrEven)))
                #expect(abs(after[index] - code * scale) <= 1e-6)
            }
        }
        // 4 bits a weight and 32 a group, all of them counted.
        #expect(made.summary.bytes.sparse == 6 * 256 / 2 + 4 * made.summary.scales.count)
    }

    @Test("The least squared error is no larger than that of the largest magnitude, and falls with smaller groups")
    func errors() throws {
        func error(_ linear: LinearQuantization) throws -> Double {
            let made = try compressed([16, 128], LayerPlan(weights: .linear(linear)))
            return zip(weights([16, 128]).floats, made.weights.floats).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        }
        let (best, largest) = (
            try error(LinearQuantization(bits: 3, group: 64)), try error(LinearQuantization(bits: 3, clip: .maximum, group: 64))
        )
        #expect(best <= largest)
        let (small, large) = (
            try error(LinearQuantization(bits: 3, clip: .maximum, group: 32)),
            try error(LinearQuantization(bits: 3, clip: .maximum, group: 128))
        )
        #expect(small < large)
        #expect(try error(LinearQuantization(bits: 3, isSymmetric: false, group: 32)).isFinite)
    }

    @Test("NF4: the nearest of 16 values times the group's largest magnitude; pruned weights stay 0")
    func normalFloat() throws {
        // The table as QLoRA's appendix E prints it.
        let table: [Double] = [
            -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
            -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
            0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
        ]
        let plan = LayerPlan(pruning: Pruning(criterion: .ratio, amount: 0.3), weights: .normalFloat(group: 64))
        let made = try compressed([4, 128], plan)
        let (before, after) = (weights([4, 128]).floats, made.weights.floats)
        for start in stride(from: 0, to: before.count, by: 64) {
            let scale = Double(before[start..<start + 64].map(\.magnitude).max() ?? 0)
            for index in start..<start + 64 {
                let isPruned = Double(before[index].magnitude) <= made.summary.threshold
                let nearest = table.map { $0 * scale }.min { abs($0 - Double(before[index])) < abs($1 - Double(before[index])) } ?? 0
                #expect(abs(Double(after[index]) - (isPruned ? 0 : nearest)) < 1e-6)
            }
        }
        #expect(made.summary.scales.count == 8 && made.summary.plan.weights.bits == 4 && made.summary.plan.weights.name == "nf4")
    }

    @Test("Rows that are no multiple, and channels that are columns, have one scale a channel")
    func others() throws {
        let plan = LayerPlan(weights: .linear(LinearQuantization(bits: 4, group: 64)))
        #expect(try compressed([5, 100], plan).summary.scales.count == 5)
        #expect(try compressed([128, 6], plan, isTransposed: true).summary.scales.count == 6)
    }

    @Test(
        "Stored and read back bit for bit",
        arguments: [WeightRepresentation.linear(LinearQuantization(bits: 4, group: 32)), .normalFloat(group: 32)])
    func container(weights: WeightRepresentation) throws {
        let made = try compressed([8, 96], LayerPlan(weights: weights))
        let parameter = Parameter(name: "a.weight", role: .weight, values: made.weights)
        let (record, bytes) = try #require(ParameterRecord.record(of: parameter, stored: made.stored))
        #expect(record.version == 2)
        // About half a byte a weight and the scales: far below a codebook or floats.
        #expect(bytes.total < 8 * 96 / 2 + 4 * 24 + 160, "\(bytes)")
        let container = try PareContainer(ContainerBytes(PareContainer(graph: [0], records: [record]).bytes()))
        let back = try container.records[0].tensor(index: 0)
        #expect(back.floats.map(\.bitPattern) == made.weights.floats.map(\.bitPattern))
    }

    @Test("Asymmetric groups of 2 to 8 bits: the nearest code of their own grid, less error with each bit, and back from a container")
    func asymmetric() throws {
        var last = Double.infinity
        for bits in 2...8 {
            let linear = LinearQuantization(bits: bits, isSymmetric: false, clip: .maximum, group: 32)
            let made = try compressed([6, 128], LayerPlan(weights: .linear(linear)))
            let (before, after) = (weights([6, 128]).floats, made.weights.floats)
            var error = 0.0
            for start in stride(from: 0, to: before.count, by: 32) {
                let scale = Float(made.summary.scales[start / 32])
                let group = before[start..<start + 32]
                let range = max(0, group.max() ?? 0) - min(0, group.min() ?? 0)
                #expect(abs(scale * Float((1 << bits) - 1) / range - 1) < 1e-4)
                for index in start..<start + 32 {
                    #expect(abs((after[index] / scale).rounded() * scale - after[index]) <= 1e-6)
                    // The zero point is rounded too, so that an end may be off by up to a step.
                    #expect(abs(after[index] - before[index]) <= 1.01 * scale)
                    error += Double((after[index] - before[index]) * (after[index] - before[index]))
                }
            }
            #expect(error < last)
            last = error
            let parameter = Parameter(name: "a.weight", role: .weight, values: made.weights)
            let record = try #require(ParameterRecord.record(of: parameter, stored: made.stored)).record
            let container = try PareContainer(ContainerBytes(PareContainer(graph: [0], records: [record]).bytes()))
            #expect(try container.records[0].tensor(index: 0).floats.map(\.bitPattern) == after.map(\.bitPattern))
            // A code and a scale of 32 bits and a zero point for each group.
            #expect(made.summary.bytes.sparse <= (6 * 128 * bits + 24 * (32 + bits) + 7) / 8)
        }
    }

    @Test("Sizes that are no group's are refused")
    func refusals() {
        #expect(throws: PlanError.self) { try LayerPlan(weights: .normalFloat(group: 7)).validate(entry: "a") }
        #expect(throws: PlanError.self) {
            try LayerPlan(weights: .linear(LinearQuantization(bits: 4, group: 1_000))).validate(entry: "a")
        }
    }
}
