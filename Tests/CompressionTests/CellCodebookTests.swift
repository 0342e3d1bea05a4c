import Compression
import Networks
import Tensors
import Testing

/// Codebooks of channels and groups, held against plain loops, and kept bit for bit in a container.
@Suite("Codebooks of channels and groups")
struct CellCodebookTests {
    private func layer(_ shape: Shape, isTransposed: Bool = false) -> Layer {
        Layer(name: "a", weight: "a.weight", bias: nil, shape: shape, node: 0, isConvolution: false, isTransposed: isTransposed)
    }

    private func weights(_ shape: Shape, scale: Double = 1) -> Tensor {
        var generator = SeededGenerator(seed: 37)
        return Tensor(shape: shape, floats: (0..<shape.count).map { Float(scale * generator.normal() * (0.01 + 0.001 * Double($0 % 89))) })
    }

    private func compressed(_ tensor: Tensor, _ plan: LayerPlan, isTransposed: Bool = false) throws -> CompressedLayer {
        let distribution = try WeightDistribution(tensor)
        let made = try LayerCompressor.compress(
            layer: layer(tensor.shape, isTransposed: isTransposed), weights: tensor, bias: nil, distribution: distribution, plan: plan,
            rule: PruningRule(plan, distribution))
        return try #require(made)
    }

    private func error(_ before: [Float], _ after: [Float]) -> Double {
        zip(before, after).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    }

    @Test("A group has at most 2^bits values, each weight the nearest of them, and pruned weights stay 0", arguments: [32, 64, 128])
    func groups(size: Int) throws {
        let plan = LayerPlan(
            pruning: Pruning(criterion: .ratio, amount: 0.4), weights: .shared(WeightSharing(bits: 2, span: .group(size))))
        let tensor = weights([6, 256])
        let made = try compressed(tensor, plan)
        let (before, after) = (tensor.floats, made.weights.floats)
        var entries = 0
        for start in stride(from: 0, to: before.count, by: size) {
            let range = start..<start + size
            let values = Set(after[range]).subtracting([0])
            entries += values.count
            #expect((1...4).contains(values.count) && values.allSatisfy { $0.bitPattern & 0xFFFF == 0 })
            for index in range {
                let isPruned = Double(before[index].magnitude) <= made.summary.threshold
                let nearest = values.map { abs($0 - before[index]) }.min() ?? 0
                #expect(isPruned ? after[index] == 0 : abs(abs(after[index] - before[index]) - nearest) < 1e-7)
            }
        }
        #expect(made.summary.remarks.contains(.codebooks(count: 6 * 256 / size, byteCount: 2 * entries, codes: codes(made, bits: 2))))
    }

    private func codes(_ made: CompressedLayer, bits: Int) -> Int { (made.weights.floats.count { $0 != 0 } * bits + 7) / 8 }

    @Test("Every entry of every codebook is counted: 2 bytes each beside the codes")
    func bytes() throws {
        let made = try compressed(weights([8, 128]), LayerPlan(weights: .shared(WeightSharing(bits: 3, span: .channel))))
        let values = made.weights.floats
        let entries = (0..<8).reduce(0) { $0 + Set(values[128 * $1..<128 * ($1 + 1)]).count }
        #expect(entries > 50 && made.summary.bytes.sparse == 8 * 128 * 3 / 8 + 2 * entries)
    }

    @Test("The error falls from the layer's codebook to the channels' and the groups', and the optimum is no worse than Lloyd's algorithm")
    func errors() throws {
        let tensor = weights([16, 256])
        func error(_ sharing: WeightSharing) throws -> Double {
            self.error(tensor.floats, try compressed(tensor, LayerPlan(weights: .shared(sharing))).weights.floats)
        }
        let layer = try error(WeightSharing(bits: 3))
        let channel = try error(WeightSharing(bits: 3, span: .channel))
        let group = try error(WeightSharing(bits: 3, span: .group(32)))
        #expect(group < channel && channel < layer)
        // Rounding to bfloat16 takes at most 2^-9 of a value.
        #expect(try error(WeightSharing(bits: 3, method: .optimal, span: .channel)) < channel * 1.001)
    }

    @Test("Columns and rows that are no multiple of a group have a codebook a channel; tiny weights keep their relative error")
    func others() throws {
        let plan = LayerPlan(weights: .shared(WeightSharing(bits: 2, span: .group(64))))
        for (tensor, isTransposed) in [(weights([5, 100]), false), (weights([128, 6]), true)] {
            let made = try compressed(tensor, plan, isTransposed: isTransposed)
            let channels = isTransposed ? 6 : 5
            let length = tensor.count / channels
            for channel in 0..<channels {
                let values = (0..<length).map { made.weights.floats[isTransposed ? $0 * channels + channel : channel * length + $0] }
                #expect(Set(values).count <= 4)
            }
        }
        let (large, tiny) = (weights([8, 128]), weights([8, 128], scale: 1e-30))
        let errors = try [tiny, large].map { error($0.floats, try compressed($0, plan).weights.floats) }
        #expect(abs(errors[0] / 1e-60 / errors[1] - 1) < 0.02)
    }

    @Test(
        "Stored and read back bit for bit, by every way of writing, as the third version",
        arguments: [
            (WeightSharing.Span.group(32), 2, false), (.channel, 4, false), (.channel, 3, true), (.group(64), 8, false),
        ])
    func container(span: WeightSharing.Span, bits: Int, isTransposed: Bool) throws {
        let plan = LayerPlan(
            pruning: Pruning(criterion: .level, amount: 0.3), weights: .shared(WeightSharing(bits: bits, span: span)))
        let made = try compressed(weights([16, 192]), plan, isTransposed: isTransposed)
        let parameter = Parameter(name: "a.weight", role: .weight, values: made.weights)
        for coding in WeightCoding.allCases {
            guard
                let (record, bytes) = ParameterRecord.record(of: parameter, stored: made.stored, isTransposed: isTransposed, coding: coding)
            else { continue }
            #expect(record.version == 3)
            let file = PareContainer(graph: [0], records: [record]).bytes()
            let container = try PareContainer(ContainerBytes(file))
            let back = try container.records[0].tensor(index: 0)
            #expect(back.floats.map(\.bitPattern) == made.weights.floats.map(\.bitPattern))
            #expect(container.records[0].form == record.form && bytes.total < file.count && bytes.codebook > 0)
        }
        #expect(made.stored.floats().map(\.bitPattern) == made.weights.floats.map(\.bitPattern))
    }

    @Test("2,000 damaged containers are refused with a byte, or read to as many weights")
    func damage() throws {
        let made = try compressed(weights([8, 96]), LayerPlan(weights: .shared(WeightSharing(bits: 2, span: .group(32)))))
        let parameter = Parameter(name: "a.weight", role: .weight, values: made.weights)
        let record = try #require(ParameterRecord.record(of: parameter, stored: made.stored)).record
        // Checksums are put right, so that what lies behind them is tested.
        let file = PareContainer(graph: [0], records: [record]).bytes()
        var generator = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = file
            let place = 20 + Int(generator.next() % UInt64(bytes.count - 24))
            bytes[place] ^= UInt8(1 << (generator.next() % 8))
            bytes = ContainerRepair.repaired(bytes)
            do {
                let container = try PareContainer(ContainerBytes(bytes))
                for (index, record) in container.records.enumerated() { #expect(try record.tensor(index: index).count == record.count) }
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset))
            }
        }
        #expect(refused > 100)
    }

    @Test("Sizes that are no group's are refused")
    func refusals() {
        #expect(throws: PlanError.self) {
            try LayerPlan(weights: .shared(WeightSharing(bits: 2, span: .group(7)))).validate(entry: "a")
        }
    }

    @Test("Training starts with the plan's own weights, goes straight through, and goes on from kept codebooks and from a state's")
    func training() throws {
        let tensor = weights([4, 128])
        let plan = LayerPlan(pruning: Pruning(criterion: .level, amount: 0.25), weights: .shared(WeightSharing(bits: 2, span: .group(64))))
        let planned = try compressed(tensor, plan)
        let rule = PruningRule(plan, try WeightDistribution(tensor))
        let mask = tensor.withFloats { TrainedLayer.mask($0, of: layer([4, 128]), rule: rule, isGivenPruned: false) }
        func trained() -> TrainedLayer {
            TrainedLayer(
                layer: layer([4, 128]), weights: tensor, plan: plan, mask: mask, threshold: rule.threshold, deviation: 1,
                options: TrainedOptions())
        }
        let first = trained()
        let result = first.compressed(bias: nil)
        #expect(result.weights.floats == planned.weights.floats && result.summary.bytes == planned.summary.bytes)
        #expect(first.vectors.count == 1 && first.vectors[0] === first.shadow)
        // The float weights move; the codebooks stay until they are found anew.
        for index in first.shadow.values.indices { first.shadow.values[index] *= 1.25 }
        let moved = first.compressed(bias: nil).weights.floats
        #expect(Set(moved).isSubset(of: Set(planned.weights.floats)))
        let second = trained()
        try second.restore(first.buffers, plan: plan, threshold: rule.threshold, movesPruned: false)
        #expect(second.compressed(bias: nil).weights.floats == moved)
        let third = trained()
        for index in third.shadow.values.indices { third.shadow.values[index] *= 1.25 }
        #expect(third.takeCodebook(of: planned) && third.compressed(bias: nil).weights.floats == moved)
        first.renew()
        let renewed = first.compressed(bias: nil).weights.floats
        #expect(error(tensor.floats.map { $0 * 1.25 }, renewed) < error(tensor.floats.map { $0 * 1.25 }, moved))
    }

    @Test("A cell whose weights were all 0 when its values were found holds what it says once training has moved them")
    func emptyCell() throws {
        var floats = weights([4, 128]).floats
        for index in 128..<256 { floats[index] = 0 }
        let tensor = Tensor(shape: [4, 128], floats: floats)
        let plan = LayerPlan(weights: .shared(WeightSharing(bits: 2, span: .group(64))))
        let trained = TrainedLayer(
            layer: layer([4, 128]), weights: tensor, plan: plan, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
        for index in trained.shadow.values.indices { trained.shadow.values[index] += 0.01 * Float(index % 7) }
        let moved = trained.compressed(bias: nil)
        #expect(moved.stored.floats().map(\.bitPattern) == moved.weights.floats.map(\.bitPattern))
        #expect(moved.weights.floats[128..<256].allSatisfy { $0 == 0 })
        trained.renew()
        let renewed = trained.compressed(bias: nil)
        #expect(renewed.stored.floats().map(\.bitPattern) == renewed.weights.floats.map(\.bitPattern))
        #expect(renewed.weights.floats[128..<256].contains { $0 != 0 })
    }
}
