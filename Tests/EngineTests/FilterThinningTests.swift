import Compression
import Engine
import Networks
import TestSupport
import Testing

/// Channels that are removed in several steps, each on what the one before left.
@Suite("Filters removed in steps")
struct FilterThinningTests {
    private func thinned(
        _ network: Network, _ removals: [FilterRemoval], steps: Int, data: Dataset? = nil
    ) throws -> FilterThinning {
        let found: Result<Dataset, ThinningData> = data.map { .success($0) } ?? .failure(ThinningData(reason: "there are none"))
        let thinning = FilterThinning(
            removals, options: .init(steps: steps, repairs: data != nil), from: nil, of: network, data: found)
        while try thinning.step() {}
        return thinning
    }

    @Test("As many are left after three steps as after one, rounded at the end, and the indices of each step are those of what it found")
    func widths() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 2)
        var share = FilterRemoval(layers: ["fc1.weight"], amount: .share(0.5))
        share.rounding = .automatic
        let removals = [FilterRemoval(weight: "conv2.weight", count: 7), FilterRemoval(weight: "conv1.weight", count: 1), share]
        for steps in [1, 3] {
            let thinning = try thinned(network, removals, steps: steps)
            let left = try #require(thinning.state).base(of: network)
            try left.check()
            #expect(left.layers.map(\.outputCount) == [19, 43, 256, 10])
            #expect(thinning.outcomes.map { $0.shares[0].gone } == [7, 1, 244])
            #expect(thinning.outcomes.map { $0.shares[0].of } == [50, 20, 500])
            #expect(thinning.remark == nil && thinning.removed.count == (steps == 1 ? 3 : 7))
        }
    }

    @Test("Ranked over all layers in steps: as many go in all, and an aim is met", arguments: [FilterRanking.global, .isomorphic])
    func ranked(ranking: FilterRanking) throws {
        let network = ChannelNetwork.network(.residualB)
        var removal = FilterRemoval(layers: network.layers.map(\.weight), amount: .share(0.4))
        (removal.ranking, removal.floor) = (ranking, 0.2)
        let (once, thrice) = (try thinned(network, [removal], steps: 1), try thinned(network, [removal], steps: 3))
        let gone = [once, thrice].map { $0.outcomes[0].shares.reduce(0) { $0 + $1.gone } }
        #expect(gone[0] == gone[1] && gone[0] > 0)
        removal.amount = .aim(.multiplyAdds, 0.5)
        let aimed = try #require(thinned(network, [removal], steps: 2).state).base(of: network)
        let (old, new) = (try #require(network.cost(.multiplyAdds)), try #require(aimed.cost(.multiplyAdds)))
        #expect(2 * new <= old && 10 * new > 3 * old)
    }

    @Test("Each step is measured on what the repair before it made")
    func repaired() throws {
        let network = ChannelNetwork.network(.residualB)
        let data = TrainingSample.noise(for: network, 64, seed: 3)
        let removal = FilterRemoval(weight: network.layers[1].weight, count: 4, criterion: .taylor)
        let thinning = try thinned(network, [removal], steps: 2, data: data)
        let left = try #require(thinning.state).base(of: network)
        try left.check()
        #expect(left.layers[1].outputCount == network.layers[1].outputCount - 4 && thinning.remark == "repaired")
        #expect(thinning.removed.map { $0.groups[0].channels.count } == [2, 2] && !thinning.repairLines.isEmpty)
        let second = FilterRemoval(weight: removal.layers[0], count: 2, criterion: .taylor)
        let first = try #require(thinned(network, [second], steps: 1, data: data).state).base(of: network)
        let again = try thinned(first, [second], steps: 1, data: data)
        #expect(again.removed[0].groups[0].channels == thinning.removed[1].groups[0].channels)
    }

    @Test("It is told which step is under way, what is done in it and how far that is")
    func progress() throws {
        let network = try Architecture(name: "lenet-300-100").network(seed: 2)
        let data = TrainingSample.noise(for: network, 64, seed: 5)
        var removal = FilterRemoval(layers: network.layers.map(\.weight), amount: .aim(.parameters, 0.8), criterion: .mean)
        removal.ranking = .global
        let thinning = FilterThinning([removal], options: .init(steps: 3), from: nil, of: network, data: .success(data))
        var seen = [thinning.progress]
        while try thinning.step() { seen.append(thinning.progress) }
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.step <= $1.step && $1.steps == 3 })
        for step in 1...3 {
            let own = seen.filter { $0.step == step }
            #expect(Set(own.compactMap(\.activity)) == [.measuring, .searching, .repairing])
            let shares = own.filter { $0.activity == .repairing }.compactMap(\.share)
            #expect(shares == shares.sorted() && shares.allSatisfy { (0...1).contains($0) })
        }
    }
}
