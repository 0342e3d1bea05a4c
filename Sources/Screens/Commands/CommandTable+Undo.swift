import Frames

extension CommandTable {
    static let undo: [Command] = [
        Command(
            "undo-change", "Undo", "Takes the last change of the plan back and says which.",
            keys: [.character("u")], in: Place.shaping.union([.maskMap, .budget]), .undo, unless: { $0.undoObstacle }
        ) { explorer, _ in explorer.undo() }.hinted(4, "undo"),
        Command(
            "redo-change", "Redo", "Makes the change that was undone last again.",
            keys: [.control("r")], in: Place.shaping.union([.maskMap, .budget]), .undo, unless: { $0.redoObstacle }
        ) { explorer, _ in explorer.redo() }.hinted(12, "redo"),
        Command(
            "save-snapshot", "Save a snapshot", "Keeps the plan with its measured numbers under a name.",
            keys: [.character("s")], in: Place.panes, .undo,
            unless: { $0.snapshotObstacle }
        ) { explorer, _ in explorer.promptForSnapshot() }.hinted(5, "snapshot"),
        Command(
            "open-sessions", "Open the sessions browser", "All sessions and their snapshots: open one, or go back to a snapshot's plan.",
            keys: [.character("S")], in: Place.panes, .undo
        ) { explorer, _ in
            explorer.open(SessionsView.self)
            explorer.emit(.listSessions)
        }.hinted(13, "sessions"),
        Command(
            "compare-snapshots", "Compare layer by layer", "The original, the plan as it stands, and snapshots, two at a time.",
            keys: [.character("c")], in: Place.panes, .undo, unless: noLayer
        ) { explorer, _ in explorer.open(CompareView.self) }.hinted(16, "compare"),
    ]
}
