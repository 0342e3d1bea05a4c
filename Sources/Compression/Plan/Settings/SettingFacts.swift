import Networks

/// What ``PlanSetting`` says of a setting.
struct SettingFacts<Root: Sendable>: Sendable {
    var id: String
    let key: String?
    var name: String
    var word: String?
    let kind: SettingKind
    let help: String
    var isRequired = false
    var isAlwaysWritten = false
    var isWrittenLast = false
    var children: [PlanSetting<Root>] = []
    var example: String?
    var isNamed = false
    /// What it is set to before its children are.
    var start: SettingValue?
    let read: @Sendable (Root) -> SettingValue?
    let write: @Sendable (inout Root, SettingValue) -> Void
    var isUsed: @Sendable (Root) -> Bool = { _ in true }
    /// Why it changes nothing in a plan of a layer; nil where it does.
    var idleness: (@Sendable (Root, Layer) -> IdleReason?)?
    /// The word that another one stands for, beside those of the kind; nil where it stands for none.
    var takes: (@Sendable (String) -> String?)?
    var suits: @Sendable (Layer) -> Bool = { _ in true }
    var copier: (@Sendable (Root, inout Root) -> Void)?
    var turner: (@Sendable (_ root: Root, _ layer: Layer?, _ up: Bool, _ isBig: Bool) -> Root?)?
    /// Where the range ends in a layer.
    var largest: (@Sendable (Root, Layer) -> Double)?
    /// What the number comes to in a layer.
    var outcome: (@Sendable (Root, Layer) -> String)?
}
