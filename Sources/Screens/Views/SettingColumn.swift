import Compression
import Frames
import Networks

/// A column of the table of settings: those of a knob, of which a plan has one or none, or one that no knob turns.
struct SettingColumn: Sendable {
    let knob: Knob?
    private let settings: [PlanSetting<LayerPlan>]
    /// Cells of the longest value that it may have, or of its word, with a blank on either side.
    let width: Int

    private init(_ settings: [PlanSetting<LayerPlan>], knob: Knob? = nil) {
        (self.settings, self.knob) = (settings, knob)
        width = 2 + settings.reduce(0) { max($0, Self.title($1).cellWidth, Self.width($1)) }
    }

    /// In the order of Tab.
    static let all: [SettingColumn] =
        Knob.allCases.filter { $0.whole == nil }.map { SettingColumn($0.settings, knob: $0) }
        + LayerPlan.ownSettings.filter { $0.word == nil }.map { SettingColumn([$0]) }

    private static func title(_ setting: PlanSetting<LayerPlan>) -> String { setting.word ?? setting.name }

    private static let widestNumber = 10

    private static func width(_ setting: PlanSetting<LayerPlan>) -> Int {
        let numbers = setting.kind.numbers
        let words = (setting.kind.words + (numbers?.words ?? [])).map(\.shown.cellWidth)
        let number = numbers.map { min($0.text(longest($0)).cellWidth, widestNumber) } ?? 0
        return max(number, words.max() ?? 0)
    }

    /// A number with as many digits as any of the range may be shown with.
    private static func longest(_ numbers: SettingNumbers) -> Double {
        switch numbers.form {
        case .real: numbers.range.upperBound - 0.0001
        case .share: numbers.range.upperBound - 0.000_001
        case .whole, .seed: numbers.range.upperBound
        }
    }

    private func setting(in plan: LayerPlan) -> PlanSetting<LayerPlan>? { settings.first { $0.value(in: plan) != nil } }

    /// Its word, as the line of knobs has it for a plan.
    func title(in plan: LayerPlan) -> String { (setting(in: plan) ?? settings.first).map(Self.title) ?? "" }

    /// Whether it changes anything in a layer.
    func applies(to plan: LayerPlan, of layer: Layer) -> Bool { setting(in: plan)?.applies(to: plan, of: layer) == true }

    /// The value in a layer, muted where it is the default; empty where it changes nothing there.
    func text(in plan: LayerPlan, of layer: Layer) -> StyledText {
        guard let setting = setting(in: plan), setting.applies(to: plan, of: layer) else { return "" }
        return StyledText(setting.text(in: plan, of: layer), isDefault(setting, plan) ? .muted : .value)
    }

    /// Whether it is as in a layer that no plan names; of what such a layer has not, as it begins.
    private func isDefault(_ setting: PlanSetting<LayerPlan>, _ plan: LayerPlan) -> Bool {
        if let original = setting.value(in: .unchanged) { return setting.value(in: plan) == original }
        let start = LayerPlan(
            pruning: Pruning(criterion: plan.pruning.criterion), weights: plan.weights.form.settings.taking(over: .float32))
        return setting.value(in: plan) == setting.value(in: start)
    }
}
