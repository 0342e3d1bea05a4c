import Compression
import Networks
import Sessions
import Testing

@Suite("Changes of a plan")
struct PlanChangeTests {
    private func plan(
        _ ratio: Double, temperature: Double = 5, distillation: Double = 0.9, sums: ActivationQuantization? = nil
    ) -> ResolvedPlan {
        ResolvedPlan(
            temperature: temperature, lossWeights: LossWeights(distillation: distillation, student: 1 - distillation),
            layers: ["fc1.weight": LayerPlan(pruning: .ratio(ratio)), "fc2.weight": .unchanged], sums: sums)
    }

    @Test("A change leads from one plan to the other and back: layers, temperature, loss weights and sums")
    func roundTrip() {
        let sums = [8, 4].map { ActivationQuantization.clipped(bits: $0, clip: .calibrated) }
        let plans = [
            plan(1), plan(2), plan(1, temperature: 3), plan(1, distillation: 0.5), plan(2, temperature: 2, distillation: 0.1),
            plan(1, sums: sums[0]), plan(2, sums: sums[1]),
        ]
        for before in plans {
            for after in plans {
                let change = PlanChange(label: "x", key: "x", time: 1, from: before, to: after)
                #expect(change.applied(to: before) == after && change.applied(to: after, isUndone: true) == before)
                #expect(change.changesNothing == (before == after))
                #expect(change.before.keys.sorted() == (before["fc1.weight"] == after["fc1.weight"] ? [] : ["fc1.weight"]))
            }
        }
        let moved = PlanChange(label: "x", key: "x", time: 1, from: plan(1), to: plan(1), state: .init(before: nil, after: "a"))
        #expect(!moved.changesNothing && moved.state?.after == "a")
        #expect(PlanChange(label: "x", key: "x", time: 1, from: plan(1), to: plan(1), state: .init(before: "a", after: "a")).changesNothing)
    }
}
