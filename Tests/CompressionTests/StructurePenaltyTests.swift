import Compression
import Networks
import Tensors
import Testing

/// Penalties of the norms of groups of weights.
@Suite("Penalties of groups")
struct StructurePenaltyTests {
    private static let convolution: Shape = [6, 4, 3, 3]
    private static let dense: Shape = [7, 5]
    private static let transposed: Shape = [5, 7]

    private func layer(_ shape: Shape, isTransposed: Bool = false) -> Layer {
        Layer(
            name: "l", weight: "l.weight", bias: nil, shape: shape, node: 0, isConvolution: shape.rank > 2, isTransposed: isTransposed)
    }

    private func trained(_ layer: Layer, _ values: [Float], mask: [UInt8]? = nil) -> TrainedLayer {
        TrainedLayer(
            layer: layer, weights: Tensor(shape: layer.shape, floats: values), plan: .unchanged, mask: mask, threshold: 0, deviation: 1,
            options: TrainedOptions())
    }

    private func values(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.normal()) }
    }

    /// The groups by their definition, from the coordinates of each weight.
    private func groups(_ structure: WeightStructure, _ layer: Layer) -> [[Int]] {
        let dimensions = layer.shape.dimensions
        func key(_ index: Int) -> [Int] {
            var (rest, place) = (index, [Int](repeating: 0, count: dimensions.count))
            for axis in dimensions.indices.reversed() { (place[axis], rest) = (rest % dimensions[axis], rest / dimensions[axis]) }
            let (made, read) = layer.isTransposed ? (place[1], place[0]) : (place[0], place[1])
            switch structure {
            case .elements: return [index]
            case .kernels: return [made, read]
            case .filters: return [made]
            case .inputs: return [read]
            case .layer: return []
            }
        }
        return Dictionary(grouping: 0..<layer.count, by: key).values.map { $0 }
    }

    private func penalty(_ kind: StructurePenalty.Kind, _ groups: [[Int]], _ values: [Double]) -> Double {
        let norms = groups.map { $0.reduce(0) { $0 + values[$1] * values[$1] }.squareRoot() }
        guard kind == .variance else { return norms.reduce(0, +) }
        let mean = norms.reduce(0, +) / Double(norms.count)
        return Double(norms.count - 1) / norms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    @Test(
        "The term is that of its definition, and its gradient that of finite differences",
        arguments: [(convolution, false), (dense, false), (transposed, true)])
    func gradients(shape: Shape, isTransposed: Bool) throws {
        let layer = layer(shape, isTransposed: isTransposed)
        let floats = values(layer.count, seed: 3)
        let mask = floats.indices.map { UInt8($0 % 7 == 2 ? 0 : 1) }
        for kind in StructurePenalty.Kind.allCases {
            for structure in WeightStructure.allCases {
                let own = trained(layer, floats, mask: mask)
                let term = StructureTerm(structure, 0.3)
                let refusal = own.obstacle(to: term, kind: kind)
                if shape.rank == 2, structure == .kernels {
                    #expect(refusal == "it has no kernels")
                    continue
                }
                if kind == .variance, structure == .layer {
                    #expect(refusal == "one group has no variance")
                    continue
                }
                #expect(refusal == nil)
                let groups = groups(structure, layer)
                let kept = zip(floats, mask).map { $1 == 0 ? 0 : Double($0) }
                var slope = [Float](repeating: 0, count: layer.count)
                let found = slope.withUnsafeMutableBufferPointer { buffer in
                    own.receive(buffer)
                    return own.addPenalty(kind, term)
                }
                #expect(abs(found - 0.3 * penalty(kind, groups, kept)) <= 1e-6 * abs(found))
                for index in floats.indices {
                    guard mask[index] != 0 else {
                        #expect(slope[index] == 0)
                        continue
                    }
                    let step = 1e-5
                    let sides = [step, -step].map { step in
                        var moved = kept
                        moved[index] += step
                        return penalty(kind, groups, moved)
                    }
                    let expected = 0.3 * (sides[0] - sides[1]) / (2 * step)
                    #expect(abs(Double(slope[index]) - expected) <= 1e-4 * max(1, abs(expected)), "\(kind) \(structure) \(index)")
                }
            }
        }
    }

    @Test("Groups whose mean or largest magnitude is at most the limit become zero; only those that are kept are masked")
    func zeros() {
        let layer = layer(Self.convolution)
        let floats = values(layer.count, seed: 4)
        for measure in GroupMeasure.allCases {
            for structure in WeightStructure.allCases where structure != .layer {
                let groups = groups(structure, layer)
                let sizes = groups.map { group in
                    let magnitudes = group.map { Double(abs(floats[$0])) }
                    return measure == .mean ? magnitudes.reduce(0, +) / Double(group.count) : magnitudes.max() ?? 0
                }
                let limit = sizes.sorted()[sizes.count / 2]
                let expected = Set(zip(groups, sizes).filter { $1 <= limit * (1 + 1e-12) }.flatMap(\.0))
                for keeps in [false, true] {
                    let own = trained(layer, floats)
                    own.clear(StructureTerm(structure, limit * (1 + 1e-12)), by: measure, keeps: keeps)
                    let left = own.floats.floats
                    #expect(floats.indices.allSatisfy { (left[$0] == 0) == expected.contains($0) })
                    #expect(own.prunedCount == (keeps ? expected.count : 0))
                }
            }
        }
    }
}
