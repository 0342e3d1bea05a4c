import Compression
import Frames
import Networks

/// What goes together with the filters of the selected layer: the groups of its channels, their members, and what holds them; below a map of how
/// important each channel is, and what would go.
package struct GroupsView: ScreenView {
    package static var place: Place { .groups }

    /// The first line shown.
    private var scroll = 0
    /// What the map ranks by, against which others, and how much of the channels would go, in 0…1.
    package internal(set) var criterion = FilterCriterion.l1
    package internal(set) var ranking = FilterRanking.layer
    package internal(set) var share = 0.25

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Channels of \(explorer.selectedWhole?.name ?? "no layer")" }

    package func size(_ explorer: Explorer, in area: Rect) -> Size {
        let width = min(area.width, 100)
        return Size(width: width, height: min(area.height, lines(explorer, width: width - 2).count + 2))
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        ViewText.draw(Array(lines(explorer, width: area.width).dropFirst(scroll)), explorer, in: area, on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        scroll = min(max(0, scroll + offset), max(0, lines(explorer, width: 98).count - 1))
    }

    private func lines(_ explorer: Explorer, width: Int) -> [StyledText] { Self.lines(explorer) + map(explorer, width: width) }

    private static func lines(_ explorer: Explorer) -> [StyledText] {
        guard let layer = explorer.selectedWhole else { return [] }
        guard !explorer.hasManyChannels else {
            return [StyledText("this network has too many channels to be followed here; pare info --groups lists them", .muted)]
        }
        let groups = explorer.network.channelGroups.groups(of: layer.weight, axis: layer.outputAxis)
        guard !groups.isEmpty else { return [StyledText("nobody knows what reads them", .muted)] }
        return groups.flatMap { lines($0, of: layer, explorer) }
    }

    private static func lines(_ group: ChannelGroups.Group, of layer: Layer, _ explorer: Explorer) -> [StyledText] {
        let (network, numbers) = (explorer.network, explorer.numbers)
        let own = group.members.first { $0.parameter == layer.weight && $0.axis == layer.outputAxis }?.indices.first?.count ?? 1
        var head = StyledText("\(numbers.count(group.count, "channel"))", .title)
        if own > 1 { head = head + StyledText(" of \(own) \(layer.filterWord)", .text) }
        let state = group.obstacle.map { StyledText("  frozen: \($0)", .warning) } ?? StyledText("  can go", .good)
        var lines = [head + state]
        if !group.inexactness.isExact { lines.append(StyledText("  inexact: \(group.inexactness)", .muted)) }
        if !group.evenNodes.isEmpty {
            lines.append(StyledText("  as many of each part of \(group.evenNodes.joined(separator: ", "))", .muted))
        }
        let uses = Dictionary(grouping: network.uses(of: group), by: \.member)
        for (place, member) in group.members.enumerated() {
            let times = member.indices[0].count > 1 ? " \(explorer.glyphs.times)\(member.indices[0].count)" : ""
            let parts = (uses[place] ?? []).map(\.part.word).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            lines.append(
                StyledText("  \(member.parameter)", member.parameter == layer.weight ? .value : .text)
                    + StyledText("  \(parts.joined(separator: ", "))\(times)", .muted))
        }
        return lines
    }
}

extension ChannelUse.Part {
    /// What a member is, in a list.
    fileprivate var word: String {
        switch self {
        case .maker: "makes them"
        case .reader: "reads them"
        case .depthwise: "hands them on, one by one"
        case .shift: "shifts"
        case .scale: "scales"
        case .statistic: "statistics"
        case .other: "a number each"
        }
    }
}

extension Place {
    public static let groups = Place("groups", title: "channel groups", .box)
}
