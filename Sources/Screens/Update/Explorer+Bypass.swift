import Compression
import Engine
import Sessions

extension BypassOrder: TaskRequest {
    public var task: LaneTask { .bypass(self) }
}

extension BypassReport: ShownReport {
    func show(on explorer: inout Explorer) {
        if let reason { return explorer.say(reason, .error) }
        guard table.next == nil else { return }
        explorer.say("every bypass of the plan is measured", .success)
    }
}

/// What each layer would give back, measured in the background.
extension Explorer {
    /// The table that was measured last, and that of the plan in force where there is none.
    var bypassTable: BypassTable { tasks.report(of: .bypass, as: BypassReport.self)?.table ?? newBypassTable }

    /// A table of the plan in force, nothing measured yet.
    private var newBypassTable: BypassTable {
        let changed = layers.filter { !plan(of: $0).bypass && plan(of: $0).ofParameters != LayerPlan.unchanged.ofParameters }
        return BypassTable(plan: plan, base: base?.id, weights: changed.map(\.weight))
    }

    /// Whether a table is of the plan in force.
    func isBypassOfPlan(_ table: BypassTable) -> Bool { table.plan == plan && table.base == base?.id }

    /// Why the bypasses can't be measured, or nil.
    var bypassObstacle: String? {
        if newBypassTable.weights.isEmpty { return "the plan changes no layer" }
        if isTraining { return "not while it trains" }
        return examplesObstacle
    }

    /// Measures the bypasses of the plan in force; goes on where it was ended.
    mutating func measureBypasses() {
        let table = isBypassOfPlan(bypassTable) ? bypassTable : newBypassTable
        begin(table)
        say("\(numbers.count(table.weights.count, "layer")) to measure, whenever nothing else is computed; Esc leaves it running")
    }

    private mutating func begin(_ table: BypassTable) { start(BypassOrder(table, base: base)) }

    /// Goes on with what was cut off.
    mutating func resumeBypasses(_ task: KeptTask) {
        guard let table = task.state(as: BypassTable.self) else { return say("what the session keeps of the bypasses is damaged", .error) }
        guard table.base == base?.id else { return say("the bypasses are of another state: undo to that, then R goes on", .warning) }
        if let bypassObstacle { return say(bypassObstacle, .warning) }
        begin(table)
        say("the bypasses go on with \(numbers.count(table.weights.count - max(0, table.rows.count - 1), "layer"))")
    }
}

extension BypassView {
    package static let commands: [Command] = [
        Command(
            "show-bypasses", "Show what bypasses give back",
            "Measures the plan with each of its layers left alone: which one costs most accuracy for the bytes it saves.",
            keys: [], in: Place.panes, .views, unless: { $0.bypassObstacle }
        ) { explorer, _ in explorer.open(BypassView.self) },
        Command(
            "measure-bypasses", "Measure the bypasses", "One layer after another, whenever nothing else is computed; kept in the session.",
            keys: [.enter], in: [.bypass], .views,
            unless: { $0.tasks.isRunning(.bypass) ? "they are being measured" : $0.bypassObstacle }
        ) { explorer, _ in explorer.measureBypasses() }.hinted(0, if: { !$0.tasks.isRunning(.bypass) }) { _ in "measure" },
    ]
}
