import Compression
import Foundation
import Testing

/// torch.optim.lr_scheduler.ReduceLROnPlateau by hand: a count of bad epochs, a cooldown, a best value.
@Suite("A rate that is lowered on a plateau")
struct PlateauRuleTests {
    private func factors(_ rule: PlateauRule, _ values: [Double], rate: Double = 0.1) -> [Double] {
        values.indices.map { rule.factor(after: Array(values[...$0]), rate: rate) }
    }

    private func isNear(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test("Patience, cooldown and the lowest rate")
    func counting() {
        let rule = PlateauRule(factor: 0.5, patience: 1, threshold: 0)
        #expect(isNear(factors(rule, [1, 0.9, 0.95, 0.95, 0.95, 0.95, 0.8, 0.9]), [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]))
        // The epoch after a lowering does not count.
        let cooling = PlateauRule(factor: 0.5, patience: 1, threshold: 0, cooldown: 1)
        #expect(isNear(factors(cooling, [1, 1, 1, 1, 1, 1]), [1, 1, 0.5, 0.5, 0.5, 0.25]))
        let floor = PlateauRule(factor: 0.5, patience: 0, threshold: 0, minimum: 0.04)
        #expect(isNear(factors(floor, [1, 1, 1, 1]), [1, 0.5, 0.4, 0.4]))
        #expect(isNear(factors(PlateauRule(factor: 0.5, patience: 0, leastChange: 0.06), [1, 1, 1]), [1, 1, 1]))
    }

    @Test("What counts as better: relative and absolute, loss and accuracy")
    func improvement() {
        func isLowered(_ rule: PlateauRule, _ values: [Double]) -> Bool { rule.factor(after: values, rate: 1) < 1 }
        let loss = PlateauRule(patience: 0, threshold: 0.1)
        #expect(!isLowered(loss, [1, 0.89]) && isLowered(loss, [1, 0.91]))
        let difference = PlateauRule(patience: 0, threshold: 0.1, isRelative: false)
        #expect(!isLowered(difference, [0.5, 0.39]) && isLowered(difference, [0.5, 0.41]))
        let accuracy = PlateauRule(measure: .accuracy, patience: 0, threshold: 0.1)
        #expect(!isLowered(accuracy, [0.5, 0.56]) && isLowered(accuracy, [0.5, 0.54]))
        // In points of per cent.
        let points = PlateauRule(measure: .accuracy, patience: 0, threshold: 1, isRelative: false)
        #expect(!isLowered(points, [0.5, 0.52]) && isLowered(points, [0.5, 0.505]))
        #expect(isLowered(PlateauRule(patience: 0), [1, .nan]) && !isLowered(PlateauRule(patience: 0), []))
    }

    @Test("A splicing policy written before sensitivities grew is read")
    func olderPolicies() throws {
        let json = #"{"splicing":{"sensitivities":{"fc1.weight":0.5},"low":0.9,"high":1.1}}"#
        let action = try JSONDecoder().decode(ScheduleAction.self, from: Data(json.utf8))
        #expect(action == .splicing(sensitivities: ["fc1.weight": 0.5], low: 0.9, high: 1.1))
    }
}
