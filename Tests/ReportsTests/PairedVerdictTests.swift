import Foundation
import Reports
import Tensors
import Testing

/// Whether a difference reaches beyond the examples measured.
@Suite("The verdict on gains and losses")
struct PairedVerdictTests {
    @Test("A clear difference is sure, a small one likely, less could be chance")
    func words() {
        #expect(PairedVerdict(gains: 0, losses: 0) == .unchanged)
        #expect(PairedVerdict(gains: 3, losses: 3) == .chance)
        #expect(PairedVerdict(gains: 21, losses: 34) == .chance)
        #expect(PairedVerdict(gains: 21, losses: 38) == .likely(isBetter: false))
        #expect(PairedVerdict(gains: 38, losses: 21) == .likely(isBetter: true))
        #expect(PairedVerdict(gains: 136, losses: 356) == .sure(isBetter: false))
        // 92.8 → 14.0 % of 10,000.
        #expect(PairedVerdict(gains: 120, losses: 8_000) == .sure(isBetter: false))
        #expect(PairedVerdict(gains: 8_000, losses: 120) == .sure(isBetter: true))
    }

    @Test("The evidence is the mean likelihood over all shares of gains, by that of a fair coin")
    func evidence() {
        for (gains, losses) in [(0, 0), (0, 1), (3, 0), (2, 5), (10, 10)] {
            // The integral of pᵍ(1 − p)ˡ over 0…1, by Simpson's rule.
            let steps = 2_000
            let terms = (0...steps).map { step in
                let p = Double(step) / Double(steps)
                let weight = step == 0 || step == steps ? 1.0 : step.isMultiple(of: 2) ? 2 : 4
                return weight * pow(p, Double(gains)) * pow(1 - p, Double(losses))
            }
            let mean = terms.reduce(0, +) / Double(3 * steps)
            let expected = log(mean) + Double(gains + losses) * log(2)
            #expect(abs(McNemar.logEvidence(gains: gains, losses: losses) - expected) < 1e-9, "\(gains), \(losses)")
        }
    }

    @Test("Chance alone is called sure in at most one of a hundred runs, though each is looked at after every change")
    func chance() {
        var generator = SeededGenerator(seed: 11)
        let runs = 4_000
        var wrong = 0
        for _ in 0..<runs {
            var (gains, losses) = (0, 0)
            for _ in 0..<300 {
                if generator.next().isMultiple(of: 2) { gains += 1 } else { losses += 1 }
                guard McNemar.logEvidence(gains: gains, losses: losses) >= log(PairedVerdict.sureEvidence) else { continue }
                wrong += 1
                break
            }
        }
        // Expected are fewer than 40; the bound leaves three standard deviations.
        #expect(wrong > 0 && wrong < 60, "\(wrong) of \(runs)")
    }
}
