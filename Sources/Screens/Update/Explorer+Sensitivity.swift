import Compression
import Engine
import Networks
import Reports
import Sessions

extension SensitivityReport: ShownReport {
    func show(on explorer: inout Explorer) {
        explorer.sensitivities.take(self)
        if !isFollowing, let reason { explorer.say(reason, .error) }
    }
}

/// The kind of steps that are shown, and whether they are from the plan in force.
struct ShownSteps {
    var kind: SensitivityKind
    var isFresh: Bool
}

/// Which layer next, and how far: what is measured of the layers' options whenever nothing else is done.
extension Explorer {
    /// The kind whose table is of the plan in force, so that its options are steps from here; nil while there is none.
    var stepKind: SensitivityKind? {
        guard !sensitivities.isEmpty else { return nil }
        let plan = SensitivityContext.plan(of: resolvedPlan)
        // Of a plan that changes nothing each layer alone is a step from it.
        let kinds: [SensitivityKind] = plan == CompressionPlan() ? [.isolated, .marginal] : [.marginal]
        return kinds.first { kind in
            sensitivities.table(kind).map { $0.context.plan == plan && $0.context.base == base?.id } ?? false
        }
    }

    /// Whether a table is of the plan in force.
    func isOfPlan(_ table: SensitivityTable) -> Bool {
        table.context.plan == SensitivityContext.plan(of: resolvedPlan) && table.context.base == base?.id
    }

    /// The same, else the kind of the newest steps of another plan, which are shown dimmed.
    var shownStepKind: ShownSteps? {
        if let stepKind { return ShownSteps(kind: stepKind, isFresh: true) }
        let other = [SensitivityKind.marginal, .isolated].first { sensitivities.table($0) != nil }
        return other.map { ShownSteps(kind: $0, isFresh: false) }
    }

    /// The best next steps from the plan in force.
    var nextSteps: [OptionFigure] { stepKind.map { sensitivities.steps($0) } ?? [] }

    /// Why there is no next step to be done, or nil.
    var stepObstacle: String? {
        if isTraining { return "not while it trains" }
        if !nextSteps.isEmpty { return nil }
        if let reason = sensitivities.reason { return "nothing is measured: \(reason)" }
        if sensitivities.isPaused { return "measuring is paused" }
        guard let stepKind else { return "the options of this plan are not measured yet" }
        return sensitivities.table(stepKind)?.isComplete == true ? "no option wins bytes" : "the options of this plan are not measured yet"
    }

    /// Puts the best next step into force.
    mutating func doBestStep(time: Int64) {
        guard let best = nextSteps.first else { return }
        take(best, time: time)
    }

    /// Puts an option of a layer into force, as one change.
    mutating func take(_ step: OptionFigure, time: Int64) {
        let option = step.option
        let name = layers.first { $0.weight == option.weight }?.name ?? option.weight
        change([option.weight: option.plan], ChangeKind(key: "step", isStep: false, time: time) { _ in "\(name): \(option.label)" })
        let cost = step.figure.map { "\(numbers.signed(100 * $0.value, digits: 2)) points" } ?? "the error grows"
        say("\(name): \(option.label); \(cost), \(numbers.bytes(step.bytesWon)) won\(step.isExact ? "" : ", as far as measured")", .success)
    }

    /// Pauses the measuring of options, or goes on.
    mutating func toggleSensitivity() {
        sensitivities.isPaused.toggle()
        emit(.tell(TaskID(.sensitivity), sensitivities.isPaused ? .pause : .resume))
        say(sensitivities.isPaused ? "options are not measured any more" : "options are measured whenever nothing else is done")
    }
}
