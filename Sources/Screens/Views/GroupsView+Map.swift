import Compression
import Engine
import Frames
import Networks

/// The map of a layer's channels by importance.
extension GroupsView {
    package static let commands: [Command] = [
        Command(
            "show-channel-group", "Show what goes with a layer's filters",
            "Lists the layers that make and read the same channels as the selected one, what keeps channels from being removed, and how important each is.",
            keys: [], in: Place.panes, .views, unless: { $0.selectedWhole == nil ? "this network has no layer with weights" : nil }
        ) { explorer, _ in explorer.openGroups() },
        Command(
            "next-filter-criterion", "Rank channels by another criterion", "The next one of those that filters are removed by.",
            keys: [.character("c")], in: [.groups], .views
        ) { explorer, _ in explorer.changeMap { $0.criterion = $0.criterion.next } }.hinted(0) { _ in "criterion" },
        Command(
            "next-filter-ranking", "Rank channels against others", "Within the layer, over all layers, over those of the same structure.",
            keys: [.character("r")], in: [.groups], .views
        ) { explorer, _ in explorer.changeMap { $0.ranking = $0.ranking.next } }.hinted(1) { _ in "ranking" },
        turn("fewer-filters-go", "Let fewer channels go on the map", [.left, .character("-")], by: -0.05),
        turn("more-filters-go", "Let more channels go on the map", [.right, .character("+")], by: 0.05),
    ]

    private static func turn(_ name: String, _ title: String, _ keys: [Key], by step: Double) -> Command {
        Command(name, title, "Changes the share that the map marks; nothing is removed.", keys: keys, in: [.groups], .views) {
            explorer, _ in
            explorer.changeMap { $0.share = min(0.95, max(0.05, (20 * ($0.share + step)).rounded() / 20)) }
        }
    }

    /// What is asked of the lane.
    func removal(_ explorer: Explorer) -> FilterRemoval? {
        guard let layer = explorer.selectedWhole else { return nil }
        let weights = ranking == .layer ? [layer.weight] : explorer.layers.map(\.weight)
        var removal = FilterRemoval(layers: weights, amount: .share(share), criterion: criterion)
        removal.ranking = ranking
        removal.floor = ranking == .layer ? 0 : FilterRemoval.sharedFloor
        removal.passesHeld = ranking != .layer
        return removal
    }

    /// Two lines for each row of channels: how important each is, as the height of a bar, and a cross below what would go.
    func map(_ explorer: Explorer, width: Int) -> [StyledText] {
        guard !explorer.hasManyChannels, let layer = explorer.selectedWhole, explorer.network.filterObstacle(of: layer) == nil else {
            return []
        }
        let (numbers, glyphs) = (explorer.numbers, explorer.glyphs)
        let head =
            StyledText("importance by ", .muted) + StyledText(criterion.title, .title)
            + StyledText(", ranked \(ranking.title), \(numbers.percent(share, digits: 0)) would go", .muted)
        let report = explorer.tasks.report(of: .filterMap, as: FilterMap.self)
        guard let map = report, map.removal == removal(explorer), map.base == explorer.base?.id else {
            return [StyledText(""), head, StyledText("being measured" + String(glyphs.ellipsis), .muted)]
        }
        if let obstacle = map.obstacle { return [StyledText(""), head, StyledText("no map: \(obstacle)", .warning)] }
        guard let found = map.channels(of: layer, explorer.network) else {
            let held = map.cut?.held.first { $0.layer.weight == layer.weight }
            return [
                StyledText(""), head,
                StyledText("no map: \(held.map { "\($0.obstacle)" } ?? "another layer makes the same channels")", .muted),
            ]
        }
        var lines = [StyledText(""), head]
        let largest = found.scores.max() ?? 0
        for start in stride(from: 0, to: found.scores.count, by: max(1, width)) {
            let row = start..<min(found.scores.count, start + max(1, width))
            let bars = row.map { place in
                let part = largest > 0 ? found.scores[place] / largest : 0
                return Character(glyphs.eighths[min(glyphs.eighths.count - 1, max(0, Int(part * Double(glyphs.eighths.count))))])
            }
            lines.append(StyledText(String(bars), .value))
            lines.append(StyledText(String(row.map { found.gone.contains($0) ? Character("x") : " " }), .warning))
        }
        let counted = "x goes: \(numbers.integer(found.gone.count)) of \(numbers.count(found.scores.count, "channel"))"
        let floor = found.isAtFloor ? ", its floor" : ""
        return lines + [StyledText(counted + floor, .muted)]
    }
}

extension FilterMap {
    /// Importance of the channels that a layer makes, and which would go.
    func channels(of layer: Layer, _ network: Network) -> (scores: [Double], gone: Set<Int>, isAtFloor: Bool)? {
        guard let scores = scores?.byLayer[layer.weight], let share = cut?.shares.first(where: { $0.layer.weight == layer.weight }) else {
            return nil
        }
        return (scores, Set(share.places), share.isAtFloor)
    }
}

extension CaseIterable where Self: Equatable, AllCases.Index == Int {
    /// The case behind this one; behind the last the first.
    fileprivate var next: Self {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}
