import Compression
import Reports

extension PlanSearch {
    /// A choice that differs from the best one in one layer or two.
    private struct Switch {
        var choice: [LayerPlan]
        var loss: Double
        var bytes: Double
        /// What is tried first: the smaller the better.
        var order: Double
    }

    /// Tries switches until as many in a row brought nothing, none is left, or somebody ends it.
    func improve(patience: Int) throws {
        var failures = 0
        while failures < patience, !isEnding, let best {
            guard let next = switches(from: best).first else { return }
            switches += 1
            let comparison = switches
            let trial = try attempt(next.choice, predicted: (next.loss, next.bytes)) { report in
                isSurelyWorse(report, than: best, comparison: comparison)
            }
            if trial == nil { refused.insert(next.choice) }
            if let trial, self.best?.choice == trial.choice {
                improvements += 1
                failures = 0
            } else {
                failures += 1
            }
        }
    }

    /// Whether the examples so far leave no doubt that a plan is no better than the best one, of which every example is known.
    private func isSurelyWorse(_ report: AccuracyReport, than best: Trial, comparison: Int) -> Bool {
        guard report.figure == nil, report.fidelity == nil, report.evaluated >= 100 else { return false }
        let high = Interval.pairedSequence(
            gains: report.gains, losses: report.losses, of: report.evaluated, population: report.count,
            error: 0.05 / Double(comparison * (comparison + 1))
        ).high
        switch goal.aim {
        case .bytes: return high < best.figures.difference
        case .loss(let budget): return high < -budget
        }
    }

    /// Switches of the best choice that the sums say are within the goal and were not tried, the most promising first.
    private func switches(from best: Trial) -> [Switch] {
        let places = candidates.indices.map { place in table[place].firstIndex { $0.plan == best.choice[place] } ?? 0 }
        let singles = candidates.indices.flatMap { place in
            useful(place).compactMap { option in option == places[place] ? nil : (place: place, option: option) }
        }
        let baseLoss = startFigures?.loss ?? 0
        let bestSecond = best.figures.second(of: goal).values.reduce(0, +)
        var found: [Switch] = []
        func offer(_ changes: [(place: Int, option: Int)]) {
            var (choice, loss, bytes, second) = (best.choice, 0.0, 0.0, 0.0)
            for change in changes {
                let (new, old) = (table[change.place][change.option], table[change.place][places[change.place]])
                choice[change.place] = new.plan
                loss += (max(0, new.loss) - max(0, old.loss)) * scales[change.place]
                bytes += Double(new.bytes - old.bytes)
                second += new.second - old.second
            }
            guard trials[choice] == nil, !refused.contains(choice) else { return }
            guard bestSecond + second <= goal.second ?? .infinity else { return }
            let size = Double(best.figures.bytes ?? 0)
            switch goal.aim {
            case .bytes(let limit):
                guard size + bytes <= Double(limit) else { return }
                found.append(Switch(choice: choice, loss: best.figures.loss - baseLoss + loss, bytes: size + bytes, order: loss))
            case .loss:
                guard bytes < 0 else { return }
                found.append(
                    Switch(choice: choice, loss: best.figures.loss - baseLoss + loss, bytes: size + bytes, order: loss / -bytes))
            }
        }
        for single in singles { offer([single]) }
        for first in singles { for second in singles where second.place > first.place { offer([first, second]) } }
        return found.sorted { $0.order < $1.order }
    }

    /// Options of a layer that no other beats in bytes and loss, by the table.
    func useful(_ place: Int) -> [Int] {
        let options = table[place]
        return options.indices.filter { one in
            !options.indices.contains { other in
                let (bytes, loss) = (options[other].bytes - options[one].bytes, options[other].loss - options[one].loss)
                return bytes <= 0 && loss <= 0 && (bytes < 0 || loss < 0)
            }
        }
    }
}
