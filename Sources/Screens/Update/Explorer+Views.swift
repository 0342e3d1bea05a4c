import Compression
import Frames
import Networks
import Sessions

extension Explorer {
    /// Shows the example alone and gives it the keys, or goes back.
    mutating func toggleExample() {
        if focus == .example { return leaveExample() }
        placeBeforeExample = focus
        focus = .example
        isMaximised = true
    }

    /// Gives the keys back to the pane that had them before the example.
    mutating func leaveExample() {
        isMaximised = false
        focus = placeBeforeExample ?? .layers
        placeBeforeExample = nil
    }

    mutating func toggleSubset() {
        example.subset = example.subset == .all ? .flipped : .all
        let flipped = accuracy?.value.flipped ?? []
        guard example.subset == .flipped else { return say("all examples") }
        say("only the \(NumberFormat(glyphs: glyphs).count(flipped.count, "example")) so far whose prediction changed")
        if !flipped.contains(example.index), !flipped.isEmpty { moveExample(by: 1) }
    }

    /// None, the original, then each snapshot.
    mutating func chooseNextReference() {
        let choices: [HistogramOptions.Reference] = [.none, .original] + snapshots.map { .snapshot($0.id) }
        let index = choices.firstIndex(of: histogram.reference) ?? 0
        histogram.reference = choices[(index + 1) % choices.count]
        switch histogram.reference {
        case .none: say("no overlay")
        case .original: say("overlay: the original weights")
        case .snapshot(let id): say("overlay: \(snapshots.first { $0.id == id }?.words ?? "a snapshot that is gone")")
        }
    }

    mutating func previewTheme(row: Int) {
        guard case .themes(_, let previous) = overlays.last, !themes.isEmpty else { return }
        let row = min(max(0, row), themes.count - 1)
        setTop(.themes(selection: row, previous: previous))
        guard themes[row] != theme else { return }
        theme = themes[row]
        emit(.theme(theme))
    }

    mutating func keepTheme() {
        guard case .themes = overlays.last else { return }
        overlays.removeLast()
        say("theme \(theme)", .success)
    }

    /// What can be compared, in the order of the arrow keys.
    public var comparisonSides: [Comparison.Side] { [.original, .current] + snapshots.map { .snapshot($0.id) } }

    mutating func openComparison() {
        let left = snapshots.last.map { Comparison.Side.snapshot($0.id) } ?? .original
        overlays.append(.compare(Comparison(left: left, right: .current)))
    }

    mutating func changeComparison(_ change: (inout Comparison) -> Void) {
        guard case .compare(var comparison) = overlays.last else { return }
        change(&comparison)
        setTop(.compare(comparison))
    }

    mutating func chooseComparison(by offset: Int) {
        let sides = comparisonSides
        changeComparison { comparison in
            let side = comparison.choosesRight ? comparison.right : comparison.left
            let index = sides.firstIndex(of: side) ?? 0
            let next = sides[(index + offset + sides.count) % sides.count]
            if comparison.choosesRight { comparison.right = next } else { comparison.left = next }
        }
    }

    /// The selected row of the sessions browser.
    var sessionRow: SessionsBrowser.Row? {
        guard case .sessions(let browser) = overlays.last, let rows = browser.rows else { return nil }
        return rows.indices.contains(browser.selection) ? rows[browser.selection] : nil
    }

    mutating func openSelectedSession(time: Int64) {
        guard let row = sessionRow else { return }
        guard row.session.name == session.name else {
            overlays.removeAll()
            keepFinishedEpochs()
            return emit(.openSession(path: row.session.path, snapshot: row.snapshot?.name))
        }
        guard let name = row.snapshot?.name else { return say("this session is open already") }
        guard let snapshot = snapshots.first(where: { $0.name == name }) else {
            return say("\(Snapshot.words(name)) has not been read yet; try again in a moment", .warning)
        }
        overlays.removeAll()
        restore(snapshot, time: time)
    }

    private mutating func restore(_ snapshot: Snapshot, time: Int64) {
        do {
            let plan = try snapshot.plan.resolved(for: layers)
            let move = PlanChange.StateChange(before: base?.id, after: snapshot.state)
            if move.before != move.after, isTraining {
                return say("\(snapshot.words) belongs to another state than the one that is trained; E ends the training", .warning)
            }
            replacePlan(
                plan, label: "plan of \(snapshot.words)", time: time, state: move.before == move.after ? nil : move)
        } catch {
            say("the plan of \(snapshot.words) does not fit this network: \(error)", .error)
        }
    }
}
