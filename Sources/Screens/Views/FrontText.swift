import Compression
import Frames
import Reports

/// A measured point in words and cells.
struct FrontText {
    private let explorer: Explorer
    private let point: FrontPoint

    init(_ explorer: Explorer, _ point: FrontPoint) { (self.explorer, self.point) = (explorer, point) }

    /// Whether the figure is shown as per cent.
    static func isShare(_ group: FrontGroup) -> Bool { !["r2", "cosine"].contains(group.measure) }

    /// What somebody called it, else what its plan does: the first letters of its hash.
    var name: String { point.name ?? String(point.id.prefix(7)) }

    private func signed(_ value: Double) -> String {
        Self.isShare(point.group) ? explorer.numbers.signed(100 * value, digits: 2) : explorer.numbers.signed(value, digits: 4)
    }

    /// In points of a hundred, or in R², to another point or the original.
    func difference(to other: FrontPoint?) -> StyledText {
        let change = point.value - (other?.value ?? point.original)
        let unit = Self.isShare(point.group) ? " points" : ""
        return StyledText(signed(change) + unit, ViewText.role(change: change, isBetterWhenLarger: true))
    }

    func row(isPresent: Bool, isMarked: Bool, isOnFront: Bool) -> Table.Row {
        let numbers = explorer.numbers
        let mark = String(isOnFront ? explorer.glyphs.point : " ") + (isMarked ? "m" : isPresent ? String(explorer.glyphs.mark) : " ")
        let beyond = point.beyond.map { "\(signed($0.low)) … \(signed($0.high))" } ?? numbers.missing
        return Table.Row([
            StyledText(mark, isPresent ? .knob : .series), StyledText(name, point.name == nil ? .muted : .text),
            StyledText(numbers.integer(point.bytes), .value), StyledText(numbers.ratio(point.factor)),
            StyledText(numbers.quality(point.value, point.group.measure), .value), difference(to: nil), StyledText(beyond, .muted),
            StyledText(DateText.minutes(point.created), .muted),
        ])
    }

    /// `differs in conv2, fc1`, of the layers that two plans name.
    static func differing(_ first: CompressionPlan, _ second: CompressionPlan) -> String {
        let plans = [first, second].map { plan in
            Dictionary(plan.layers.map { ($0.pattern, $0.plan) }) { _, last in last }.filter { $0.value != .unchanged }
        }
        let names = Set(plans[0].keys).union(plans[1].keys).filter { plans[0][$0] != plans[1][$0] }.sorted()
        guard !names.isEmpty else { return "the same layers" }
        let shown = names.prefix(4).map { $0.hasSuffix(".weight") ? String($0.dropLast(7)) : $0 }.joined(separator: ", ")
        return "differs in \(shown)" + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }
}
