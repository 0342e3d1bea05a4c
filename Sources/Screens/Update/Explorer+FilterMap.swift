import Compression
import Engine

extension FilterMapOrder: TaskRequest {
    public var task: LaneTask { .filterMap(self) }
}

/// The map of a layer's channels by importance.
extension Explorer {
    mutating func openGroups() {
        open(GroupsView.self)
        measureMap()
    }

    /// Changes what the map shows, and has the lane measure it.
    mutating func changeMap(_ change: (inout GroupsView) -> Void) {
        changeTop(GroupsView.self) { view, _ in change(&view) }
        measureMap()
    }

    private mutating func measureMap() {
        guard let view = stack.top(as: GroupsView.self), !hasManyChannels, let layer = selectedWhole,
            network.filterObstacle(of: layer) == nil, let removal = view.removal(self)
        else { return }
        start(FilterMapOrder(removal, base: base))
    }
}
