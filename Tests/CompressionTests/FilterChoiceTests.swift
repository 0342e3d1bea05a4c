import Compression
import Foundation
import Networks
import TestSupport
import Testing

/// Which filters go, and with what.
@Suite("Choice of filters")
struct FilterChoiceTests {
    private func rows(_ network: Network, _ name: String) throws -> [[Double]] {
        let parameter = try #require(network.parameters[name])
        let length = parameter.count / parameter.shape[0]
        let floats = parameter.values.floats
        return (0..<parameter.shape[0]).map { row in floats[row * length..<(row + 1) * length].map(Double.init) }
    }

    private func scores(_ removal: FilterRemoval, _ network: Network) throws -> [Double] {
        var importance = try removal.importance(in: network)
        while importance.step() {}
        return importance.result[removal.layers[0]]
    }

    private func squared(_ x: Double) -> Double { x * x }

    private func norm(_ row: [Double], of function: (Double) -> Double) -> Double { row.map(function).reduce(0, +) }

    private func distance(_ a: [Double], _ b: [Double]) -> Double { norm(zip(a, b).map { $0 - $1 }, of: squared).squareRoot() }

    @Test("Of one layer: L1, L2 and the distance to all others, each by its definition")
    func definitions() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 2)
        let filters = try rows(network, "conv2.weight")
        let expected: [(FilterCriterion, [Double])] = [
            (.l1, filters.map { norm($0, of: abs) }), (.l2, filters.map { norm($0, of: squared).squareRoot() }),
            (.fpgm, filters.map { own in filters.map { distance(own, $0) }.reduce(0, +) }),
        ]
        for (criterion, values) in expected {
            let found = try scores(FilterRemoval(weight: "conv2.weight", count: 7, criterion: criterion), network)
            #expect(zip(found, values).allSatisfy { abs($0 - $1) <= 1e-9 * $1 } && found.count == 50)
            let removed = try FilterRemoval(weight: "conv2.weight", count: 7, criterion: criterion).removed(from: network)
            let least = values.indices.sorted { values[$0] < values[$1] }.prefix(7).sorted()
            #expect(removed.groups.map(\.channels) == [least] && removed.groups[0].of == 50)
            #expect(removed.groups[0].members.map(\.indices) == [least, least, least.flatMap { $0 * 16..<($0 + 1) * 16 }])
        }
    }

    @Test("A stream is ranked by all layers that make it, each divided by its mean, and all lose the same")
    func stream() throws {
        let network = try Architecture(name: "resnet-20").network(seed: 1)
        let names = ["conv1.weight"] + (0..<3).map { "layer1.\($0).conv2.weight" }
        var sums = [Double](repeating: 0, count: 16)
        for name in names {
            let norms = try rows(network, name).map { norm($0, of: abs) }
            for (index, norm) in norms.enumerated() { sums[index] += norm * 16 / norms.reduce(0, +) }
        }
        let removal = FilterRemoval(weight: "layer1.1.conv2.weight", count: 5)
        #expect(try zip(scores(removal, network), sums).allSatisfy { abs($0 - $1) < 1e-9 })
        let thinned = try removal.applied(to: network)
        try thinned.check()
        for name in names { #expect(thinned.parameters[name]?.shape[0] == 11) }
        #expect(thinned.parameters["layer2.0.downsample.0.weight"]?.shape[1] == 11)
        #expect(try FilterRemoval(weight: "conv1.weight", count: 5).removed(from: network).groups == removal.removed(from: network).groups)
    }

    @Test("By the scale of the normalization behind, and at random by the seed")
    func others() throws {
        var network = try Architecture(name: "resnet-20").network(seed: 1)
        let scales: [Float] = [3, -8, 13, -2, 7, -12, 1, -6, 11, -16, 5, -10, 15, -4, 9, -14]
        network.parameters["layer1.0.bn1.weight"]?.values = .init(shape: [16], floats: scales)
        let removed = try FilterRemoval(weight: "layer1.0.conv1.weight", count: 3, criterion: .gamma).removed(from: network)
        #expect(removed.groups[0].channels == scales.indices.sorted { abs(scales[$0]) < abs(scales[$1]) }.prefix(3).sorted())
        let draws = try (0..<4 as Range<UInt64>).map { seed in
            try FilterRemoval(weight: "layer1.0.conv1.weight", count: 3, criterion: .random, seed: seed).removed(from: network).groups
        }
        #expect(Set(draws).count > 1)
        #expect(
            try FilterRemoval(weight: "layer1.0.conv1.weight", count: 3, criterion: .random, seed: 2).removed(from: network).groups
                == draws[2])
    }

    @Test("In every architecture, of every layer and by every criterion, as many as can go: what is left runs")
    func architectures() throws {
        for kind in ChannelNetwork.Kind.allCases {
            let network = ChannelNetwork.network(kind)
            for (place, layer) in network.layers.enumerated() where network.filterObstacle(of: layer) == nil {
                let total = network.removableFilters(of: layer)
                let plain = FilterCriterion.allCases.filter { $0.need == .nothing }
                let criterion = plain[place % plain.count]
                for count in [1, total / 2, total - 1] {
                    let removal = FilterRemoval(weight: layer.weight, count: count, criterion: criterion == .gamma ? .l2 : criterion)
                    let thinned = try removal.applied(to: network)
                    try thinned.check()
                    #expect(thinned.parameterCount < network.parameterCount)
                    #expect(
                        thinned.parameters.values.allSatisfy { $0.shape.dimensions.allSatisfy { $0 > 0 } }, "\(kind) \(layer.name) \(count)"
                    )
                }
            }
        }
    }

    @Test("A share is rounded to what kernels like, a number is not")
    func rounding() {
        let cases: [(Int, Double, Int)] = [
            (64, 0.5, 32), (64, 0.3, 48), (128, 0.9, 16), (50, 0.5, 24), (32, 0.1, 24), (20, 0.25, 15), (500, 0.5, 256),
        ]
        for (total, share, kept) in cases {
            #expect(FilterAmount.share(share).removed(of: total, rounding: .automatic) == total - kept, "\(total) \(share)")
        }
        #expect(FilterAmount.share(0.3).removed(of: 64, rounding: .multiple(1)) == 19)
        #expect(FilterAmount.count(3).removed(of: 64, rounding: .automatic) == 3)
        for amount in [FilterAmount.count(0), .count(8), .share(0.01), .share(1)] {
            #expect(amount.removed(of: 8, rounding: .automatic) == nil)
        }
        #expect(FilterRequest("25% fpgm /4") == FilterRequest(amount: .share(0.25), criterion: .fpgm, rounding: .multiple(4)))
        #expect(FilterRequest(" 12 ") == FilterRequest(amount: .count(12)))
        let refused = [
            ("x", "'x' is no word of a removal"), ("25% l3", "'l3' is no word of a removal; did you mean l1 or l2"),
            ("25% /0", "'/0' is not what to round to, which is /1 to /1024"), ("2.5", "'2.5' is no whole number, and no share such as 25%"),
            ("101%", "'101%' is no share from 0% to 100%"), ("-1%", "'-1%' is no share"), ("1 2", "'2' is a second amount"),
            ("3 x0", "'x0' is not a number of steps, which is x1 to x100"), ("12 macs", "'macs' stands behind a share"),
        ]
        for (text, reason) in refused {
            #expect(FilterRequest(text) == nil, "\(text)")
            do throws(WordProblem) { _ = try FilterRequest(reading: text) } catch { #expect("\(error)".hasPrefix(reason), "\(error)") }
        }
    }

    @Test("Whole groups of a convolution in groups go, and dimensions of all heads: what is left is the network in which they are zero")
    func units() throws {
        for (kind, unit) in [(ChannelNetwork.Kind.grouped, FilterUnit.groups), (.visionTransformer, .dimensions)] {
            let network = ChannelNetwork.network(kind)
            let layers = network.layers.filter { layer in
                guard network.filterObstacle(of: layer, unit: unit) == nil else { return false }
                return network.removableFilters(of: layer, unit: unit) != network.removableFilters(of: layer)
            }
            #expect(!layers.isEmpty)
            for layer in layers {
                var removal = FilterRemoval(weight: layer.weight, count: 1)
                removal.unit = unit
                let removed = try removal.removed(from: network)
                let thinned = try removal.applied(to: network)
                try thinned.check()
                var (masked, isExact) = (network, true)
                let groups = network.channelGroups(by: unit == .dimensions ? .dimensions : .heads).groups
                for gone in removed.groups {
                    let place = gone.members[0]
                    let group = groups.first { group in
                        group.members.contains { member in
                            member.parameter == place.parameter && member.axis == place.axis
                                && gone.channels.flatMap { $0 < member.indices.count ? member.indices[$0] : [] }.sorted() == place.indices
                        }
                    }
                    let found = try #require(group)
                    isExact = isExact && found.inexactness.isExact
                    masked = masked.applying(.maskChannels(Set(gone.channels), of: found))
                }
                if unit == .groups {
                    let grouped = network.layers.filter { $0.groups > 1 && thinned.layer(of: $0.weight)?.groups != $0.groups }
                    #expect(grouped.count == 1 && grouped.allSatisfy { thinned.layer(of: $0.weight)?.groups == $0.groups - 1 })
                }
                let input = NetworkRun.input(of: network, batch: 2, seed: 1)
                let difference = try NetworkRun.difference(
                    NetworkRun(thinned, input: input, batch: 2).logits, NetworkRun(masked, input: input, batch: 2).logits)
                #expect(difference <= 1e-5 || !isExact, "\(kind) \(layer.name)")
                #expect(thinned.parameterCount < network.parameterCount)
            }
        }
        let lenet = try Architecture(name: "lenet-5").network(seed: 1)
        #expect(lenet.filterObstacle(of: lenet.layers[0], unit: .groups) == .ungrouped)
    }
}
