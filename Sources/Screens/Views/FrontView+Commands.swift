import Compression
import Frames
import Reports

extension FrontView {
    package static let commands: [Command] = [
        Command(
            "show-front", "Show the front", "Every plan that was measured exactly, its figure against its bytes, and which no other beats.",
            keys: [.character("C")], in: Place.panes, .views
        ) { explorer, _ in explorer.open(FrontView.self) }.hinted(22, "front"),
        Command(
            "restore-point", "Go back to the point", "Puts the plan of the selected point into force, as one change that can be undone.",
            keys: [.enter], in: [.front], .views, unless: noPoint
        ) { explorer, time in
            guard let point = explorer.stack.top(as: FrontView.self)?.selectedPoint(explorer) else { return }
            explorer.stack.close()
            explorer.restore(point.plan, state: point.state, words: "point \(FrontText(explorer, point).name)", time: time)
        }.hinted(0, "go back"),
        Command(
            "mark-point", "Mark the point", "The heading then says what every other one is beside it; again: takes the mark away.",
            keys: [.character(" "), .character("m")], in: [.front], .views, unless: noPoint
        ) { explorer, _ in explorer.changeTop(FrontView.self) { view, explorer in view.mark(explorer) } }.hinted(1, "mark"),
        Command(
            "name-point", "Name the point", "What it is called in tables and pictures.",
            keys: [.character("r")], in: [.front], .views, unless: noPoint
        ) { explorer, _ in
            guard let point = explorer.stack.top(as: FrontView.self)?.selectedPoint(explorer) else { return }
            explorer.ask(TextPrompt(.pointName(id: point.id), placeholder: point.name ?? ""))
        }.hinted(2, "name"),
    ]

    private static let noPoint: @Sendable (Explorer) -> String? = { explorer in
        explorer.stack.newest(FrontView.self)?.selectedPoint(explorer) == nil ? "no plan was measured exactly yet" : nil
    }
}
