import Compression
import Engine
import Reports
import Sessions

/// What a session of an earlier version kept of bypasses is let go.
private struct BypassDrop: TaskRequest {
    let id: TaskID
    var task: LaneTask { .ended(id) }
}

/// What each layer would give back if it were left alone.
extension Explorer {
    /// Why there are no bypasses, or nil.
    var bypassObstacle: String? {
        let isChanged = layers.contains { !plan(of: $0).bypass && plan(of: $0).ofParameters != LayerPlan.unchanged.ofParameters }
        if !isChanged { return "the plan changes no layer" }
        return sensitivities.table(.leaveOneOut) == nil ? examplesObstacle : nil
    }

    /// Bypasses that an earlier version measured: they are measured by themselves now.
    mutating func resumeBypasses(_ task: KeptTask) {
        start(BypassDrop(id: task.id))
        say("bypasses are measured by themselves; the command 'show-bypasses' has them")
    }
}

extension BypassView {
    package static let commands: [Command] = [
        Command(
            "show-bypasses", "Show what bypasses give back",
            "The plan with each of its layers left alone: which one costs most accuracy for the bytes it saves.",
            keys: [], in: Place.panes, .views, unless: { $0.bypassObstacle }
        ) { explorer, _ in explorer.open(BypassView.self) }
    ]
}
