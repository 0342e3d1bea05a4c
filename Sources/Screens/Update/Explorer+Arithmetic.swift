import Networks

/// How layers of 8 bits in weights and inputs are computed where accuracy is measured.
extension Explorer {
    /// What is in use, and what it came to.
    var arithmeticText: String {
        let words =
            switch desk.arithmetic {
            case .auto: "integers where they are exact and not slower"
            case .integer: "integers wherever they are exact on this processor"
            case .simulated: "floats that stand for the integers"
            }
        return "layers of 8 bits by \(words)"
    }

    /// Auto, integers, floats, and auto again; the accuracy is measured anew.
    mutating func switchArithmetic() {
        let all = Arithmetic.allCases
        let place = all.firstIndex(of: desk.arithmetic) ?? 0
        desk.use(all[(place + 1) % all.count])
        emitPlan()
        let isNamed = accuracy?.value.arithmeticName != nil
        say(arithmeticText + (isNamed ? "" : "; no plan quantizes weights and what they meet yet, so nothing changes"))
    }

    /// Why a layer of 8 bits was measured by floats although integers were wanted; nil where it was not, or the figure is not of the plan as it stands.
    func arithmeticRemark(_ layer: Layer) -> String? {
        guard isAccuracyFresh, let said = accuracy?.value.arithmetic?.first(where: { $0.weight == layer.weight }),
            let obstacle = said.obstacle
        else { return nil }
        switch obstacle {
        case .input, .form, .notAsked, .slower, .lists: return nil
        case .steps, .range, .pairs, .sums, .clip: return "measured by floats that stand for integers: \(obstacle.words(layer.name))"
        }
    }
}
