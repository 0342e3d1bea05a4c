import CKernels
import Compression
import Synchronization
import Tensors
import Testing

/// The budget solver held against trying everything.
struct KnapsackTests {
    /// Identity 6 of the reference: A, B and C.
    private static func example() -> [KnapsackLayer] {
        func layer(_ name: String, _ options: [(Double, Double)]) -> KnapsackLayer {
            KnapsackLayer(name: name, options: options.map { KnapsackOption(cost: $0.0, loss: $0.1) })
        }
        return [
            layer("A", [(8, 0), (4, 0.1), (2, 0.9)]), layer("B", [(8, 0), (4, 0.3), (2, 0.4)]), layer("C", [(4, 0), (2, 0.2)]),
        ]
    }

    @Test(arguments: [(20.0, 0.0), (16, 0.1), (14, 0.3), (12, 0.4), (10, 0.5), (8, 0.7)])
    func knownOptima(budget: Double, loss: Double) throws {
        let knapsack = try Knapsack(Self.example())
        let found = try #require(knapsack.leastLoss(within: budget))
        #expect(found.isMet && found.cost <= budget)
        #expect(abs(found.loss - loss) < 1e-12)
        #expect(knapsack.lossBound(within: budget) <= loss + 1e-12)
        let cheapest = try #require(knapsack.leastCost(losing: loss + 1e-12))
        #expect(cheapest.isMet && cheapest.cost == budget)
        #expect(knapsack.costBound(losing: loss) <= budget + 1e-9)
    }

    /// 14 and 12 are not on the hull: the gap of their bound says so, and 16 is.
    @Test func gapIsThatOfTheHull() throws {
        let knapsack = try Knapsack(Self.example())
        for (budget, gap) in [(20.0, 0.0), (16, 0), (10, 0), (14, 0.3 - (0.1 + 0.4 / 6 * 2)), (12, 0.4 - (0.1 + 0.4 / 6 * 4))] {
            let found = try #require(knapsack.leastLoss(within: budget))
            #expect(abs(found.loss - knapsack.lossBound(within: budget) - gap) < 1e-9)
        }
    }

    @Test func belowTheSmallestIsSaid() throws {
        let found = try #require(try Knapsack(Self.example()).leastLoss(within: 5))
        #expect(!found.isMet && found.cost == 6 && found.places == [2, 2, 1])
        let lossless = try #require(try Knapsack(Self.example()).leastCost(losing: -0.1))
        #expect(!lossless.isMet && lossless.places == [0, 0, 0])
    }

    @Test func pinsFloorsAndCeilings() throws {
        var layers = Self.example()
        layers[0].pin(0)
        var found = try #require(try Knapsack(layers).leastLoss(within: 12))
        #expect(found.places == [0, 2, 1] && abs(found.loss - 0.6) < 1e-12)
        layers = Self.example()
        layers[1].allow { [0, 1].contains($0) }
        found = try #require(try Knapsack(layers).leastLoss(within: 10))
        #expect(found.places[1] == 1 && found.cost == 10)
        layers[1].allow { _ in false }
        let failure = #expect(throws: Knapsack.Failure.self) { try Knapsack(layers) }
        #expect(failure?.layer == "B")
    }

    /// With one bucket a unit it is the optimum: 1,000 random small cases tried out, options of zero cost, pins and equal ones among them.
    @Test func equalsTryingEverything() throws {
        var random = SeededGenerator(seed: 17)
        for _ in 0..<1_000 {
            var layers = (0..<Int.random(in: 1...4, using: &random)).map { Self.layer("\($0)", &random) }
            if Bool.random(using: &random) { layers[0].pin(Int.random(in: 0..<layers[0].options.count, using: &random)) }
            let knapsack = try Knapsack(layers, fixed: 3)
            let budget = Double(Int.random(in: 3...70, using: &random))
            let all = Self.all(knapsack)
            let best = all.filter { $0.cost <= budget }.map(\.loss).min()
            let found = try #require(knapsack.leastLoss(within: budget))
            #expect(found.isMet == (best != nil))
            if let best {
                #expect(found.cost <= budget && abs(found.loss - best) < 1e-9)
                #expect(knapsack.lossBound(within: budget) <= best + 1e-9)
            } else {
                #expect(found.cost == all.map(\.cost).min())
            }
            let limit = Double.random(in: -1...2, using: &random)
            let cheapest = try #require(knapsack.leastCost(losing: limit))
            let least = all.filter { $0.loss <= limit }.map(\.cost).min()
            #expect(cheapest.isMet == (least != nil))
            if let least { #expect(cheapest.cost == least && cheapest.loss <= limit) }
            for (layer, place) in zip(layers, found.places) { #expect(layer.allowed.contains(place)) }
        }
    }

    /// Rounded up, a choice never costs more than the budget, however few the buckets; more budget or one option more never lose.
    @Test func roundingKeepsTheBudget() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let layers = (0..<6).map { place in
                KnapsackLayer(
                    name: "\(place)",
                    options: (0..<9).map { _ in
                        KnapsackOption(cost: Double.random(in: 0...5, using: &random), loss: Double.random(in: 0...1, using: &random))
                    })
            }
            let knapsack = try Knapsack(layers)
            let budget = Double.random(in: 4...20, using: &random)
            for buckets in [7, 50, 1_000] {
                let found = try #require(knapsack.leastLoss(within: budget, buckets: buckets))
                #expect(!found.isMet || found.cost <= budget * (1 + 1e-12))
                #expect(found.loss >= knapsack.lossBound(within: budget) - 1e-9 || !found.isMet)
            }
        }
    }

    @Test func moreNeverLosesMore() throws {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<100 {
            let layers = (0..<4).map { Self.layer("\($0)", &random) }
            let knapsack = try Knapsack(layers)
            var last = Double.infinity
            for budget in 0...60 {
                let found = try #require(knapsack.leastLoss(within: Double(budget)))
                guard found.isMet else { continue }
                #expect(found.loss <= last + 1e-12)
                last = found.loss
            }
            var more = layers
            more[2] = KnapsackLayer(name: "2", options: layers[2].options + [KnapsackOption(cost: 4, loss: 0.4)])
            for budget in [10.0, 30, 50] {
                let (few, many) = (knapsack.leastLoss(within: budget), try Knapsack(more).leastLoss(within: budget))
                if let few, let many, few.isMet { #expect(many.loss <= few.loss + 1e-12) }
            }
        }
    }

    /// Both budgets are kept, and what is found is never better than the best of all choices.
    @Test func secondBudget() throws {
        var random = SeededGenerator(seed: 23)
        var (met, best) = (0, 0)
        for _ in 0..<200 {
            let layers = (0..<3).map { Self.layer("\($0)", &random, hasSecond: true) }
            let knapsack = try Knapsack(layers, fixedSecond: 1)
            let (budget, second) = (Double(Int.random(in: 10...50, using: &random)), Double(Int.random(in: 5...40, using: &random)))
            let all = Self.all(knapsack).filter { $0.cost <= budget && $0.secondCost <= second }
            let found = try #require(knapsack.leastLoss(within: budget, second: second))
            guard found.isMet, let least = all.map(\.loss).min() else {
                #expect(!found.isMet || !all.isEmpty)
                continue
            }
            #expect(found.cost <= budget && found.secondCost <= second)
            #expect(found.loss >= least - 1e-9)
            met += 1
            if found.loss <= least + 1e-9 { best += 1 }
        }
        // By a price alone what is off the hull is missed.
        #expect(met > 80 && best > met / 2)
    }

    @Test func canBeInterrupted() throws {
        var random = SeededGenerator(seed: 3)
        let knapsack = try Knapsack((0..<20).map { Self.layer("\($0)", &random) })
        let looks = Atomic(0)
        let found = knapsack.leastLoss(within: 200) { looks.add(1, ordering: .relaxed).newValue > 5 }
        #expect(found == nil && looks.load(ordering: .relaxed) == 6)
    }

    /// NaN and negative costs are never chosen; without another option that is said by the layer's name.
    @Test func numbersThatAreNone() throws {
        let options = [KnapsackOption(cost: 1, loss: .nan), KnapsackOption(cost: -1, loss: 0), KnapsackOption(cost: 2, loss: 0.5)]
        let found = try #require(try Knapsack([KnapsackLayer(name: "a", options: options)]).leastLoss(within: 10))
        #expect(found.places == [2])
        let failure = #expect(throws: Knapsack.Failure.self) { try Knapsack([KnapsackLayer(name: "a", options: [options[0]])]) }
        #expect(failure?.layer == "a")
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 9, 31, 64, 1_001])
    func offeringAnOption(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let before = (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
        let least = (0..<count).map { $0 % 5 == 0 ? Double.infinity : Double.random(in: -1...1, using: &random) }
        var found = least
        pare_offer_option(before, count, 0.25, &found)
        #expect(found == zip(before, least).map { min($0 + 0.25, $1) })
    }

    private static func layer(_ name: String, _ random: inout SeededGenerator, hasSecond: Bool = false) -> KnapsackLayer {
        let options = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            KnapsackOption(
                cost: Double(Int.random(in: 0...18, using: &random)), loss: Double.random(in: -0.2...1, using: &random),
                secondCost: hasSecond ? Double(Int.random(in: 0...18, using: &random)) : 0)
        }
        return KnapsackLayer(name: name, options: options)
    }

    private static func all(_ knapsack: Knapsack) -> [Knapsack.Choice] {
        var places = [[Int]()]
        for layer in knapsack.layers { places = places.flatMap { start in layer.allowed.map { start + [$0] } } }
        return places.map { knapsack.choice($0) }
    }
}
