import Compression
import Reports

extension PlanSearch {
    /// Examples of the stages: what ranks options, and what tells changes of the cross-entropy.
    private static let few = SensitivitySchedule.stages[0]
    private static let many = SensitivitySchedule.stages[1]

    /// Measures options alone, from coarse to fine, and after each stage the plan that they would make.
    ///
    /// With fitted options those that are not fitted say which are worth fitting, which takes longer than measuring: the ones that no other beats in bytes
    /// and loss.
    func survey() throws {
        let options = candidates.map(\.options)
        try stage(of: Self.few) { options.map { $0.filter(\.isCoarse) } }
        try stage(of: Self.few) { options }
        let isFitted = candidates.contains { candidate in candidate.options.contains { candidate.fitted($0.plan) != nil } }
        if isFitted {
            try stage(of: Self.many) { fitted(best?.choice.map { [$0] }) }
            try stage(of: Self.many) { fitted(candidates.indices.map { place in useful(place).map { table[place][$0].plan } }) }
        } else {
            try stage(of: Self.many) { near(within: 0.25, 0.002) }
        }
        try stage(of: nil) { near(within: 0.1, 0.001) }
    }

    /// One stage: its options are measured on at most so many examples, then what they would make is measured whole.
    private func stage(of examples: Int?, _ options: () -> [[LayerOption]]) throws {
        guard !isEnding else { return }
        if stage == course.stages.count {
            course.stages.append(Array(options().joined()))
            say()
        }
        stage += 1
        try measure(course.stages[stage - 1], examples: examples)
        guard !isEnding else { return }
        try chooseOnce()
    }

    /// Measures options; what an earlier run knew of them is taken from there.
    func measure(_ options: [LayerOption], examples: Int?) throws {
        for (place, candidate) in candidates.enumerated() {
            let weight = candidate.layer.weight
            let new = options.filter { option in
                option.weight == weight && option.plan != start[weight] && !wanted[place].contains { $0.key == option.key }
            }
            wanted[place] += new
        }
        let open = options.filter { $0.plan != start[$0.weight] }
        guard !open.isEmpty else { return }
        let found = try meter.measure(open, in: start, examples: examples) { figure in
            measured += 1
            figures[figure.option.key] = figure
            say()
        }
        for figure in found { figures[figure.option.key] = figure }
        table = rows
    }

    /// What is known of each layer's options, in the order in which they were wanted.
    var rows: [[Measured]] {
        guard let own = startFigures else { return candidates.map { _ in [] } }
        return candidates.enumerated().map { place, candidate in
            let weight = candidate.layer.weight
            let (bytes, second) = (own.layerBytes[weight] ?? 0, own.second(of: goal)[weight] ?? 0)
            let first = Measured(
                weight: weight, plan: start[weight], loss: 0, bytes: bytes, second: second, evaluated: own.count)
            return [first]
                + wanted[place].compactMap { option in
                    guard let figure = figures[option.key], let loss = figure.loss else { return nil }
                    return Measured(
                        weight: weight, plan: option.plan, loss: loss, bytes: bytes + figure.bytes - figure.referenceBytes,
                        second: figure.kept.map { meter.second(of: weight, kept: $0) } ?? second, evaluated: figure.evaluated)
                }
        }
    }

    /// Chooses by the sums and measures that whole; where an earlier run chose, what it chose.
    private func chooseOnce() throws {
        if choices == course.choices.count {
            let before = Set(trials.keys)
            try choose(most: 1)
            guard !isEnding else { return }
            course.choices.append(course.trials.map(\.choice).filter { trials[$0] != nil && !before.contains($0) })
            scales = scales.map { _ in 1 }
        } else {
            for choice in course.choices[choices] { try attempt(choice, predicted: (0, 0)) }
        }
        choices += 1
        say()
    }

    /// Plans of each layer with weights that are fitted.
    private func fitted(_ plans: [[LayerPlan]]?) -> [[LayerOption]] {
        (plans ?? []).enumerated().map { place, plans in plans.compactMap(candidates[place].fitted) }
    }

    /// Options that may be chosen: none that costs as many bytes or fewer loses surely less, by this share of what is lost and these nats at least.
    private func near(within share: Double, _ least: Double) -> [[LayerOption]] {
        candidates.indices.map { place in
            let rows = Dictionary(table[place].map { ($0.plan, $0) }) { first, _ in first }
            return wanted[place].filter { option in
                guard let row = rows[option.plan], figures[option.key]?.isHopeless == false else { return false }
                let slack = max(least, share * abs(row.loss))
                return !table[place].contains { $0.bytes <= row.bytes && $0.loss < row.loss - slack }
            }
        }
    }
}

extension OptionFigure {
    /// What a search sums up, in nats where there are classes: the change of the cross-entropy where enough examples were measured to tell it from chance, else
    /// that of the divergence; of other outputs what the figure lost. Infinite where outputs are lost.
    var loss: Double? {
        if losesOutputs { return .infinity }
        if let crossEntropy, evaluated >= min(SensitivityTable.manyExamples, count) { return crossEntropy.value }
        return change(of: .divergence) ?? figure.map { -$0.value } ?? change(of: .squaredError)
    }
}
