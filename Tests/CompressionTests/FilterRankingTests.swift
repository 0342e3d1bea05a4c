import Compression
import Networks
import TestSupport
import Testing

/// Layers that are ranked together, and amounts that an aim finds.
@Suite("Filters ranked over layers")
struct FilterRankingTests {
    private func removal(_ network: Network, _ amount: FilterAmount, _ ranking: FilterRanking) -> FilterRemoval {
        var removal = FilterRemoval(layers: network.layers.map(\.weight), amount: amount)
        removal.ranking = ranking
        return removal
    }

    /// Norms of filters, each divided by the mean of its layer.
    private func norms(_ network: Network, _ weight: String) throws -> [Double] {
        let parameter = try #require(network.parameters[weight])
        let length = parameter.count / parameter.shape[0]
        let norms = parameter.values.floats.enumerated().reduce(into: [Double](repeating: 0, count: parameter.shape[0])) {
            $0[$1.offset / length] += Double(abs($1.element))
        }
        let mean = norms.reduce(0, +) / Double(norms.count)
        return norms.map { $0 / mean }
    }

    @Test("Global: the least of all go, whichever layer they are of")
    func global() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 2)
        let cut = try removal(network, .count(150), .global).cut(network)
        let names = ["conv1.weight", "conv2.weight", "fc1.weight"]
        let all = try names.flatMap { name in try norms(network, name).enumerated().map { (norm: $0.element, name: name, place: $0.offset) }
        }
        let least = all.sorted { $0.norm < $1.norm }.prefix(150)
        for (share, name) in zip(cut.shares, names) {
            #expect(share.layer.weight == name && share.gone == least.count { $0.name == name } && !share.isAtFloor)
            let gone = cut.removed.groups.first { $0.members.first?.parameter == name }?.channels ?? []
            #expect(gone == least.filter { $0.name == name }.map(\.place).sorted(), "\(name)")
        }
        #expect(cut.held.map(\.layer.name) == ["fc2"] && cut.shares.reduce(0) { $0 + $1.gone } == 150)
    }

    @Test("A floor holds what is left of a layer, the others lose more instead, and it is said")
    func floor() throws {
        var network = try Architecture(name: "lenet-5").network(seed: 2)
        // Of the first layer one filter is large, so that all others are small beside its mean.
        var floats = try #require(network.parameters["conv1.weight"]?.values).floats
        for index in 0..<25 { floats[index] = 100 }
        network.parameters["conv1.weight"]?.values = .init(shape: [20, 1, 5, 5], floats: floats)
        var removal = removal(network, .count(100), .global)
        removal.floor = 0.25
        let cut = try removal.cut(network)
        #expect(cut.shares.map(\.isAtFloor) == [true, false, false] && cut.shares[0].gone == 15)
        #expect(cut.shares.reduce(0) { $0 + $1.gone } == 100)
        try removal.applied(to: network).check()
    }

    @Test("Isomorphic: layers of one structure share an order and lose the share asked for, each structure by itself")
    func isomorphic() throws {
        let network = try Architecture(name: "resnet-20").network(seed: 4)
        let cut = try removal(network, .share(0.5), .isomorphic).cut(network)
        let inner = cut.shares.filter { $0.layer.name.hasSuffix(".conv1") }
        // Of the first convolutions of all blocks of a stage and of those with a shortcut half goes, rounded by none.
        #expect(inner.count == 9 && inner.reduce(0) { $0 + $1.gone } * 2 == inner.reduce(0) { $0 + $1.of })
        #expect(Set(inner.map { Double($0.gone) / Double($0.of) }).count > 3)
        let each = try removal(network, .share(0.5), .layer).cut(network)
        #expect(each.shares.allSatisfy { $0.gone * 2 == $0.of })
        // A stream that several layers make goes once.
        #expect(each.shares.count { ["conv1", "layer1.0.conv2", "layer1.1.conv2"].contains($0.layer.name) } == 1)
    }

    @Test("An aim is met from below with the least share that does it, after rounding", arguments: FilterRanking.allCases)
    func aims(ranking: FilterRanking) throws {
        for (name, cost, share) in [("lenet-5", FilterCost.multiplyAdds, 0.45), ("resnet-20", .parameters, 0.6)] {
            let network = try Architecture(name: name).network(seed: 1)
            var removal = removal(network, .aim(cost, share), ranking)
            (removal.rounding, removal.floor) = (.multiple(4), 0.1)
            let thinned = try removal.applied(to: network)
            try thinned.check()
            let (old, new) = (try #require(network.cost(cost)), try #require(thinned.cost(cost)))
            #expect(
                Double(new) <= share * Double(old) && Double(new) > (share - 0.12) * Double(old), "\(name) \(ranking): \(new) of \(old)")
            for layer in thinned.layers { #expect(layer.outputCount % 4 == 0 || layer.outputCount == 10, "\(layer.name) \(layer.shape)") }
        }
    }

    @Test("An aim that can't be reached is refused with what can")
    func unreachable() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 1)
        var removal = removal(network, .aim(.multiplyAdds, 0.2), .layer)
        removal.floor = 0.9
        do {
            _ = try removal.cut(network)
            Issue.record("it was reached")
        } catch {
            guard case .outOfReach(.multiplyAdds, let least) = error else { throw error }
            #expect(least > 0.7 && least < 0.9)
        }
    }

    @Test("Criterion, ranking, unit, aim and steps may be typed")
    func typing() {
        var request = FilterRequest(amount: .share(0.4), criterion: .taylor, ranking: .global, rounding: .multiple(8))
        request.steps = 4
        #expect(FilterRequest("40% global taylor /8 x4") == request)
        #expect(FilterRequest("45% macs")?.amount == .aim(.multiplyAdds, 0.45))
        #expect(FilterRequest("30% parameters isomorphic fisher")?.amount == .aim(.parameters, 0.3))
        #expect(FilterRequest("2 dimensions")?.unit == .dimensions)
        for text in ["macs 45%", "12 macs", "100% macs", "40% 30%", "40% x0", "x101"] { #expect(FilterRequest(text) == nil, "\(text)") }
    }
}
