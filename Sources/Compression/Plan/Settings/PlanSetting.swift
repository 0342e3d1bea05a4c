import Networks

/// One setting of a plan: what it is called, where it lies, what it may be and what that means.
///
/// `Root` is the plan of a layer, the plan of a network, or what a representation of weights holds. Plan files, validation, knobs and
/// documents go through lists of these: ``LayerPlan/settings``, ``Distilling/settings``.
public struct PlanSetting<Root: Sendable>: Sendable {
    /// Everything that is said of it; one object, so that lists of settings are copied without their parts.
    private final class Shared: Sendable {
        let facts: SettingFacts<Root>

        init(_ facts: SettingFacts<Root>) { self.facts = facts }
    }

    private let shared: Shared
    var facts: SettingFacts<Root> { shared.facts }

    init(_ facts: SettingFacts<Root>) { shared = Shared(facts) }

    init(
        _ key: String?, _ kind: SettingKind, help: String = "", get read: @escaping @Sendable (Root) -> SettingValue?,
        set write: @escaping @Sendable (inout Root, SettingValue) -> Void
    ) {
        self.init(SettingFacts(id: key ?? "", key: key, name: key ?? "", kind: kind, help: help, read: read, write: write))
    }

    /// Written into the declaration itself, so that the way of a literal path is compiled and not walked.
    @inline(__always)
    init<Value: SettingConvertible>(
        _ key: String?, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: SettingKind, help: String = ""
    ) {
        self.init(
            key, kind, help: help, get: { $0[keyPath: path].settingValue },
            set: { root, value in if let value = Value(setting: value) { root[keyPath: path] = value } })
    }

    /// A setting that a plan may be without. Where its numbers have a word for that, the word stands for nil.
    @inline(__always)
    init<Value: SettingConvertible>(
        _ key: String?, _ path: WritableKeyPath<Root, Value?> & Sendable, _ kind: SettingKind, help: String = ""
    ) {
        let unset = kind.numbers?.unset.map { SettingValue.word($0.word.text) }
        self.init(
            key, kind, help: help, get: { $0[keyPath: path]?.settingValue ?? unset },
            set: { root, value in
                if value == unset { root[keyPath: path] = nil } else if let value = Value(setting: value) { root[keyPath: path] = value }
            })
    }
}

extension PlanSetting {
    /// What knobs and histories call it. Settings that are one knob share it; those of one list that share it exclude each other in files.
    public var id: String { shared.facts.id }
    /// Its key in plan files; nil for one that files say by other keys.
    public var key: String? { shared.facts.key }
    /// The keys that lead to it, as messages name it: `linear.bits`.
    public var name: String { shared.facts.name }
    /// The word before its value on the screen; nil where it is no knob.
    public var word: String? { shared.facts.word }
    public var kind: SettingKind { shared.facts.kind }
    /// What it is: one sentence, or nothing where words say it.
    public var help: String { shared.facts.help }
    /// Files must have it.
    public var isRequired: Bool { shared.facts.isRequired }
    /// Files have it where it is the default, too.
    public var isAlwaysWritten: Bool { shared.facts.isAlwaysWritten }
    /// Files have it behind the settings that follow.
    public var isWrittenLast: Bool { shared.facts.isWrittenLast }
    /// Settings that files write as a mapping in its place.
    public var children: [PlanSetting] { shared.facts.children }
    /// Such a mapping, as messages give it for an example.
    public var example: String? { shared.facts.example }
}

extension PlanSetting {
    /// The value in a plan; nil where the plan has no such setting.
    public func value(in root: Root) -> SettingValue? { shared.facts.read(root) }

    /// Sets it; the value that it has changes nothing, nor does one that it can't be.
    public func set(_ value: SettingValue, in root: inout Root) {
        if value != shared.facts.read(root) { shared.facts.write(&root, value) }
    }

    /// Whether it changes anything in this plan of this layer.
    public func applies(to root: Root, of layer: Layer) -> Bool { isUsed(in: root, of: layer) && shared.facts.read(root) != nil }

    /// The same of a plan that has the setting.
    public func isUsed(in root: Root, of layer: Layer) -> Bool { shared.facts.suits(layer) && shared.facts.isUsed(root) }

    /// Why a plan of a layer is the same without it; nil where it is not.
    func idleness(in root: Root, of layer: Layer) -> IdleReason? { shared.facts.idleness?(root, layer) }

    /// A word that is none of its kind, as it is kept; nil where it can't be.
    public func taken(_ word: String) -> String? { shared.facts.takes?(word) }

    /// Whether the layer can have it.
    public func fits(_ layer: Layer) -> Bool { shared.facts.suits(layer) }

    /// Gives the setting of one plan, with what goes with it, to another.
    public func copy(from source: Root, to target: inout Root) {
        if let copier = shared.facts.copier { return copier(source, &target) }
        if let value = shared.facts.read(source) { shared.facts.write(&target, value) }
    }

    /// Prepares a plan for the mapping of its children.
    public func begin(_ root: inout Root) { if let start = shared.facts.start { shared.facts.write(&root, start) } }

    /// Whether it is turned in a way of its own and not by steps.
    public var hasOwnTurn: Bool { shared.facts.turner != nil }

    /// The plan after such a turn; nil at its end.
    public func ownTurn(_ root: Root, of layer: Layer?, up: Bool, isBig: Bool) -> Root? {
        shared.facts.turner?(root, layer, up, isBig)
    }

    /// The range of its numbers, as far as a layer has it; nil for words.
    public func range(in root: Root, of layer: Layer?) -> ClosedRange<Double>? {
        guard let range = kind.numbers?.range else { return nil }
        guard let layer, let largest = shared.facts.largest else { return range }
        return range.lowerBound...max(range.lowerBound, min(range.upperBound, largest(root, layer)))
    }

    /// Whether its number may come to something else in a layer.
    public var hasOutcome: Bool { shared.facts.outcome != nil }

    /// What it comes to; nil where the number says all.
    public func outcome(in root: Root, of layer: Layer) -> String? { shared.facts.outcome?(root, layer) }

    /// The setting and all that is in it.
    public var withChildren: [PlanSetting] { [self] + children.flatMap(\.withChildren) }

    /// - Throws: `PlanError.outOfRange` where the number is NaN or outside the range; `entry` is the name that it carries.
    public func check(_ number: Double, entry: String?) throws(PlanError) {
        guard let range = kind.numbers?.range, !range.contains(number) else { return }
        throw .outOfRange(entry: entry, setting: name, value: number, allowed: range)
    }

    /// Checks the numbers that files have of it, whether or not they are in use.
    func check(in root: Root, entry: String?) throws(PlanError) {
        guard children.isEmpty else {
            for child in children { try child.check(in: root, entry: entry) }
            return
        }
        if key != nil, case .number(let number) = shared.facts.read(root) { try check(number, entry: entry) }
    }
}

extension PlanSetting {
    /// Whether files have nothing of it but the mapping of its children.
    public var isMapping: Bool { if case .mapping = kind { true } else { false } }

    /// The words that files take, that of `plain` first.
    public func fileWords(in plain: Root) -> [String] {
        let words = (kind.words + (kind.numbers?.words ?? [])).filter(\.isInFiles).map(\.text)
        guard case .word(let first) = shared.facts.read(plain), words.contains(first) else { return words }
        return [first] + words.filter { $0 != first }
    }
}
