import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Channels that policies mask while a network is trained.
@Suite("Channels masked while training")
struct FilterPolicyTests {
    private let recipe = TrainingRecipe(epochs: 4, batchSize: 16, rate: LearningRate(rate: 0.02), weightDecay: 1e-3, seed: 7)

    private func policy(_ filters: FilterPolicy, start: Int = 0, end: Int = 4, frequency: Int = 1) -> SchedulePolicy {
        SchedulePolicy(name: "f", action: .filters(filters), start: start, end: end, frequency: frequency)
    }

    private func request(_ network: Network, _ policies: [SchedulePolicy], plan: CompressionPlan = CompressionPlan()) -> TrainingRequest {
        TrainingRequest(
            identifier: "run", network: network, plan: plan, recipe: recipe, policies: policies,
            training: TrainingSample.noise(for: network, 48, seed: 1), validation: TrainingSample.noise(for: network, 16, seed: 2),
            makeExecutor: TrainingRequest.fastExecutor)
    }

    /// Channels of a group of which every value of everything but statistics is 0 in a state, as it is evaluated.
    private func dead(_ group: ChannelGroups.Group, in state: TrainedState, of network: Network) -> [Int] {
        let statistics = Set(network.uses(of: group).filter { $0.part == .statistic }.map(\.member))
        return (0..<group.count).filter { channel in
            group.members.indices.filter { !statistics.contains($0) }.allSatisfy { place in
                let member = group.members[place]
                guard let shape = network.parameters[member.parameter]?.shape, let floats = values(member.parameter, state) else {
                    return false
                }
                let own = RemovedFilters.Member(member, channels: [channel]).ranges(of: shape)
                return own.allSatisfy { range in range.allSatisfy { floats[$0] == 0 } }
            }
        }
    }

    private func values(_ name: String, _ state: TrainedState) -> [Float]? {
        (state.layers[name]?.compressed.weights ?? state.parameters[name])?.floats
    }

    @Test("The least units go, ⌊share · n⌋ at a time; rows, biases and what reads them are 0 and stay so, their float values too")
    func gradual() throws {
        let filters = FilterPolicy(weights: ["fc1.weight"], initial: 0.1, final: 0.5)
        let network = TrainingSample.network(seed: 3)
        let group = try #require(network.channelGroups.groups(of: "fc1.weight", axis: 0).first)
        let policy = policy(filters, start: 1, end: 4)
        let run = try TrainingRun(TrainingSample.request(recipe: recipe, policies: [policy]))
        var known: [Int: [Int]] = [:]
        try TrainingSample.finish(run) { run in
            guard run.progress.phase == .training, let state = run.current() else { return }
            let found = dead(group, in: state, of: network)
            #expect(known[run.progress.epoch] == nil || known[run.progress.epoch] == found)
            known[run.progress.epoch] = found
            let floats = state.parameters["fc1.weight"]?.floats ?? []
            for unit in found { #expect(floats[unit * 12..<(unit + 1) * 12].allSatisfy { $0 == 0 }) }
        }
        // span 2: t = 0, 1, 2.
        let shares = [0, 0.1, 0.5 - 0.4 / 8, 0.5]
        #expect((1...4).map { known[$0]?.count } == shares.map { Int(16 * $0) })
        for epoch in 2...4 { #expect(Set(known[epoch - 1] ?? []).isSubset(of: known[epoch] ?? [])) }
        let best = try #require(run.best)
        #expect(dead(group, in: best, of: network).count == 8 && best.plan == CompressionPlan())
        #expect(best.layers["fc1.weight"]?.compressed.summary.zeros == 8 * 12)
        #expect(best.layers["fc2.weight"]?.compressed.summary.zeros == 8 * 3)
    }

    @Test("First go those of the smallest norm; a policy of the inputs goes by what reads them")
    func ranking() throws {
        let network = TrainingSample.network(seed: 3)
        func norms(_ name: String, _ index: (Int) -> [Int]) throws -> [Double] {
            let floats = try #require(network.parameters[name]).values.floats
            return (0..<16).map { index($0).reduce(0) { $0 + Double(abs(floats[$1])) } }
        }
        let rows = try norms("fc1.weight") { unit in (0..<12).map { unit * 12 + $0 } }
        let columns = try norms("fc2.weight") { unit in (0..<3).map { $0 * 16 + unit } }
        let group = try #require(network.channelGroups.groups(of: "fc1.weight", axis: 0).first)
        let cases: [(FilterPolicy, [Double])] = [
            (FilterPolicy(weights: ["fc1.weight"], final: 0.3), rows),
            (FilterPolicy(weights: ["fc2.weight"], final: 0.3, side: .inputs), columns),
        ]
        for (filters, norms) in cases {
            let run = try TrainingRun(TrainingSample.request(recipe: recipe, policies: [policy(filters, end: 1)]))
            try TrainingSample.finish(run)
            let least = norms.indices.sorted { norms[$0] < norms[$1] }.prefix(4).sorted()
            #expect(dead(group, in: try #require(run.best), of: network) == least)
        }
    }

    @Test(
        "Residual streams, normalizations, concatenations and depthwise layers: without the masked channels the network gives the same logits",
        arguments: [ChannelNetwork.Kind.residualA, .residualB, .mobileNetV2, .denseNet, .shuffleNetV2, .grouped])
    func thinned(kind: ChannelNetwork.Kind) throws {
        let network = ChannelNetwork.network(kind)
        var filters = FilterPolicy(weights: [], final: 0.5)
        filters.weights = network.layers.map(\.weight).filter {
            FilterPolicy(weights: [$0], final: 0.5).obstacle(in: network) == nil
        }
        try #require(!filters.weights.isEmpty)
        var request = request(network, [policy(filters)])
        request.recipe.epochs = 2
        let state = try #require(TrainingSample.finish(TrainingRun(request)).best)
        let masked = state.applied(to: network).network
        var gone: [ParameterAxis: Set<Int>] = [:]
        for group in network.channelGroups.groups where group.obstacle == nil {
            for channel in dead(group, in: state, of: network) {
                for member in group.members { gone[member.place, default: []].formUnion(member.indices[channel]) }
            }
        }
        let thinned = try masked.applying(.removeChannels(gone, by: .heads))
        #expect(thinned.parameterCount * 10 < network.parameterCount * 9)
        let input = NetworkRun.input(of: network, batch: 2, seed: 5)
        let logits = try NetworkRun(masked, input: input, batch: 2).logits
        #expect(try NetworkRun.difference(NetworkRun(thinned, input: input, batch: 2).logits, logits) <= 1e-5)
    }

    @Test("Every criterion, over layers too; a floor is left", arguments: FilterCriterion.allCases.filter { $0 != .gamma })
    func criteria(criterion: FilterCriterion) throws {
        let network = ChannelNetwork.network(.residualB)
        let free = network.layers.map(\.weight).filter { FilterPolicy(weights: [$0], final: 0.5).obstacle(in: network) == nil }
        for ranking in [FilterRanking.layer, .global] {
            var filters = FilterPolicy(weights: free, initial: 0.1, final: 0.5, criterion: criterion, ranking: ranking, seed: 4)
            if criterion == .apoz { filters.weights = [free[1]] }
            var request = request(network, [policy(filters, end: 2)])
            request.recipe.epochs = 2
            let state = try #require(TrainingSample.finish(TrainingRun(request)).best)
            let groups = network.channelGroups.groups.filter { $0.obstacle == nil }
            let counts = groups.map { (dead($0, in: state, of: network).count, $0.count) }
            let named = counts.filter { $0.0 > 0 }
            #expect(!named.isEmpty && counts.allSatisfy { $0.0 < $0.1 })
            if ranking == .layer { #expect(named.allSatisfy { $0.0 == $0.1 / 2 }) }
        }
    }

    @Test("A training that is cut off goes on to the same bits, with masks and moments")
    func resumed() throws {
        let filters = FilterPolicy(weights: ["fc1.weight"], initial: 0.2, final: 0.6, criterion: .fpgm)
        let request = TrainingSample.request(
            plan: TrainingSample.plan(LayerPlan(weights: .shared(WeightSharing(bits: 3)))), recipe: recipe, policies: [policy(filters)])
        let whole = try TrainingSample.finish(TrainingRun(request))
        for steps in [3, 20, 40] {
            let run = try TrainingRun(request)
            while run.stepNumber < steps || run.checkpoint() == nil { _ = try run.step() }
            let kept = try #require(run.checkpoint())
            let again = try TrainingCheckpoint(json: kept.json(), buffers: kept.buffers)
            #expect(bits(try TrainingSample.finish(TrainingRun(request, resuming: again)).current()) == bits(whole.current()))
        }
    }

    @Test("What can't be masked is refused with the layer and a cure")
    func refusals() throws {
        func reason(_ filters: FilterPolicy, plan: CompressionPlan = CompressionPlan(), batches: Int? = nil) throws -> String {
            var policy = policy(filters)
            policy.batchFrequency = batches
            let run = try TrainingRun(TrainingSample.request(plan: plan, recipe: recipe, policies: [policy]))
            let error = #expect(throws: TrainingFailure.self) { try TrainingSample.finish(run) }
            return error?.description ?? ""
        }
        let one = FilterPolicy(weights: ["fc1.weight"], final: 0.5)
        let outputs = try reason(FilterPolicy(weights: ["fc2.weight"], final: 0.5))
        #expect(outputs.contains("the policy f can't be followed: the channels of fc2.weight") && outputs.contains("leave the network"))
        #expect(try reason(one, batches: 3).contains("leave its frequency of batches out"))
        let factors = LowRank(.number(4))
        #expect(try reason(one, plan: TrainingSample.plan(LayerPlan(weights: .factors(factors)))).contains("fc1.weight has a rank"))
        let leader = FilterPolicy(weights: ["fc1.weight", "fc2.weight"], final: 0.5, side: .inputs, rankers: .first)
        #expect(try reason(leader).contains("can't be masked"))
    }
}
