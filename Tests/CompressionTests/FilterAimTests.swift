import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// What is left under an aim where layers are rounded coarsely, beside trying everything.
@Suite("Aims that give back")
struct FilterAimTests {
    private static let totals = [24, 40, 33]
    private static let names = totals.indices.map { "fc\($0).weight" }

    /// What three layers of units cost with so many of them.
    private static func multiplyAdds(_ kept: [Int]) -> Int { 12 * kept[0] + kept[0] * kept[1] + kept[1] * kept[2] + 5 * kept[2] }

    private func network(seed: UInt64) -> Network {
        var generator = SeededGenerator(seed: seed)
        let widths = [12] + Self.totals + [5]
        var network = Network(name: "units", input: "x", inputShape: [12], output: "v3", nodes: [], parameters: [:])
        for place in 0..<4 {
            let (weight, shape) = ("fc\(place).weight", Shape([widths[place + 1], widths[place]]))
            let floats = (0..<shape.count).map { _ in Float(generator.normal() * generator.normal()) }
            network.parameters[weight] = Parameter(name: weight, role: .weight, values: Tensor(shape: shape, floats: floats))
            network.nodes += [
                Node(
                    name: "fc\(place)", operation: .gemm(Gemm(transposeB: true)), inputs: [place > 0 ? "r\(place - 1)" : "x", weight],
                    outputs: ["v\(place)"]),
                Node(name: "r\(place)", operation: .relu, inputs: ["v\(place)"], outputs: ["r\(place)"]),
            ]
        }
        network.nodes.removeLast()
        return network
    }

    private func removal(_ network: Network, _ share: Double, _ multiple: Int) -> FilterRemoval {
        var removal = FilterRemoval(layers: network.layers.map(\.weight), amount: .aim(.multiplyAdds, share))
        removal.rounding = .multiple(multiple)
        return removal
    }

    private func kept(_ cut: FilterCut) -> [Int] { cut.shares.map { $0.of - $0.gone } }

    /// The next number that rounding allows; nil where all stay.
    private func next(_ kept: Int, of total: Int, _ multiple: Int) -> Int? {
        kept == total ? nil : min(total, (kept / multiple + 1) * multiple)
    }

    @Test("The aim is met and nothing that rounding allows can stay as well", arguments: FilterRanking.allCases, [1, 3, 8, 16])
    func maximal(ranking: FilterRanking, multiple: Int) throws {
        let network = network(seed: 1)
        let whole = try #require(network.cost(.multiplyAdds))
        #expect(Self.multiplyAdds(Self.totals) == whole)
        for share in [0.3, 0.45, 0.6, 0.77, 0.9] {
            var removal = removal(network, share, multiple)
            removal.ranking = ranking
            let cut = try removal.cut(network)
            let kept = kept(cut)
            let (cost, limit) = (Self.multiplyAdds(kept), Int(share * Double(whole)))
            #expect(try cost <= limit && cost == removal.applied(to: network).cost(.multiplyAdds), "\(share) \(kept)")
            for place in kept.indices {
                #expect(kept[place] % multiple == 0 || kept[place] == Self.totals[place])
                guard let more = next(kept[place], of: Self.totals[place], multiple) else { continue }
                var larger = kept
                larger[place] = more
                #expect(Self.multiplyAdds(larger) > limit, "\(ranking) \(share) \(kept): \(place)")
            }
        }
    }

    @Test("Of one layer the most stay that the aim allows", arguments: [1, 4, 16])
    func single(multiple: Int) throws {
        let network = network(seed: 2)
        let whole = try #require(network.cost(.multiplyAdds))
        for (place, name) in Self.names.enumerated() {
            for share in [0.5, 0.7, 0.93] {
                var removal = FilterRemoval(layers: [name], amount: .aim(.multiplyAdds, share))
                removal.rounding = .multiple(multiple)
                func cost(_ kept: Int) -> Int {
                    var all = Self.totals
                    all[place] = kept
                    return Self.multiplyAdds(all)
                }
                let limit = Int(share * Double(whole))
                let possible = stride(from: multiple, to: Self.totals[place], by: multiple).filter { cost($0) <= limit }
                guard let most = possible.last else {
                    #expect(throws: FilterObstacle.self) { try removal.cut(network) }
                    continue
                }
                #expect(try kept(removal.cut(network)) == [most], "\(name) \(share)")
            }
        }
    }

    /// Importance of the filters of a layer by the sum of their magnitudes, as parts of its mean.
    private func norms(_ network: Network, _ weight: String) throws -> [Double] {
        let parameter = try #require(network.parameters[weight])
        let length = parameter.count / parameter.shape[0]
        var norms = [Double](repeating: 0, count: parameter.shape[0])
        for (place, value) in parameter.values.floats.enumerated() { norms[place / length] += Double(abs(value)) }
        let mean = norms.reduce(0, +) / Double(norms.count)
        return norms.map { $0 / mean }
    }

    @Test("What comes back is each time the best of all that fit, by importance for cost", arguments: [5, 8, 16])
    func order(multiple: Int) throws {
        var returned = 0
        for seed in 1...12 as ClosedRange<UInt64> {
            let network = network(seed: seed)
            let scores = try Self.names.map { try norms(network, $0).sorted() }
            let share = 0.3 + 0.05 * Double(seed)
            let limit = Int(share * Double(Self.multiplyAdds(Self.totals)))
            // The least share of twelve halvings.
            var (range, kept) = ((lower: 0.0, upper: 1.0), [Int]())
            for step in 0..<12 {
                let share = step == 0 ? 1 : (range.lower + range.upper) / 2
                let tried = Self.totals.map { total in
                    FilterRounding.multiple(multiple).nearest(Double(total) - (share * Double(total)).rounded(), of: total)
                }
                if Self.multiplyAdds(tried) <= limit { (kept, range.upper) = (tried, share) } else { range.lower = share }
            }
            while true {
                var best: (ratio: Double, kept: [Int])?
                for place in kept.indices {
                    var larger = kept
                    guard let more = next(kept[place], of: Self.totals[place], multiple) else { continue }
                    larger[place] = more
                    let cost = Self.multiplyAdds(larger)
                    guard cost <= limit else { continue }
                    let gone = Self.totals[place] - kept[place]
                    let importance = scores[place][Self.totals[place] - more..<gone].reduce(0, +)
                    let ratio = importance / Double(cost - Self.multiplyAdds(kept))
                    if best.map({ ratio > $0.ratio }) ?? true { best = (ratio, larger) }
                }
                guard let best else { break }
                kept = best.kept
                returned += 1
            }
            #expect(try self.kept(removal(network, share, multiple).cut(network)) == kept, "\(seed)")
        }
        #expect(returned > 1, "\(returned)")
    }

    @Test("LeNet-5 at 45 % of its multiply-adds: what automatic rounding took too much comes back")
    func lenet() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 3)
        let whole = try #require(network.cost(.multiplyAdds))
        var removal = removal(network, 0.45, 1)
        removal.rounding = .automatic
        let left = try #require(removal.applied(to: network).cost(.multiplyAdds))
        #expect(Double(left) <= 0.45 * Double(whole) && Double(left) > 0.44 * Double(whole), "\(Double(left) / Double(whole))")
    }
}
