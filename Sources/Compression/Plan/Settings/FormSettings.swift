/// What plan files and knobs know of a representation: its word, its settings, and how it takes the place of another.
public struct FormSettings: Sendable {
    /// The word of plans, tables and reports.
    public let name: String
    /// Whether files may say it by its word alone.
    let isWord: Bool
    /// How files say it with its settings: a mapping under its name; nil for a representation without any.
    let mapping: PlanSetting<LayerPlan>?
    private let make: @Sendable (_ old: WeightRepresentation, _ bits: Int?) -> WeightRepresentation

    /// A representation without settings.
    init(_ name: String, of representation: WeightRepresentation) {
        self.name = name
        isWord = true
        mapping = nil
        make = { _, _ in representation }
    }

    /// A representation with the settings of a `Value`, made from others and, where that is known, the wanted number of bits. Whoever copies one of
    /// these settings gives the representation with it, where `copiesToOthers`; else only layers that have it take them.
    init<Value>(
        _ name: String, _ settings: [PlanSetting<Value>], isWord: Bool = false,
        copiesToOthers: Bool = true, from extract: @escaping @Sendable (WeightRepresentation) -> Value?,
        to embed: @escaping @Sendable (Value) -> WeightRepresentation,
        make: @escaping @Sendable (_ old: WeightRepresentation, _ bits: Int?) -> WeightRepresentation
    ) {
        self.name = name
        self.isWord = isWord
        self.make = make
        let lifted = settings.map { setting -> PlanSetting<LayerPlan> in
            setting.lifted(from: { extract($0.weights) }, to: { value, plan in plan.weights = embed(value) })
        }
        mapping = PlanSetting(name, .mapping, get: { _ in nil }, set: { plan, _ in plan.weights = make(.float32, nil) })
            .holding(lifted, from: .word(name)).alternative("weights").copying { source, target in
                if copiesToOthers || extract(target.weights) != nil { target.weights = source.weights }
            }
    }

    /// Those of every representation, in the order in which files name them.
    public static let all = [
        float32, float16, bfloat16, ternary, binary, linear, shared, dorefa, normalFloat, entropy, universal, factors,
    ]

    /// Those of a name; nil for none.
    public static func named(_ name: String) -> FormSettings? { all.first { $0.name == name } }

    public var list: [PlanSetting<LayerPlan>] { mapping?.children ?? [] }

    /// Its number of bits, where that is a choice.
    public var bits: PlanSetting<LayerPlan>? { list.first { $0.id == "bits" } }

    /// Weights of this representation in the place of others: with so many bits, else with what both have.
    public func taking(over old: WeightRepresentation, bits: Int? = nil) -> WeightRepresentation {
        bits == nil && old.name == name ? old : make(old, bits)
    }
}

extension WeightRepresentation {
    /// The bits that it can have; nil where they are no choice.
    public var bitRange: ClosedRange<Int>? {
        form.settings.bits?.kind.numbers.map { Int($0.range.lowerBound)...Int($0.range.upperBound) }
    }

    /// The same with other bits, where they are a choice.
    public func withBits(_ bits: Int) -> WeightRepresentation {
        var plan = LayerPlan(weights: self)
        form.settings.bits?.set(.number(Double(bits)), in: &plan)
        return plan.weights
    }

    /// The bits of linear and of shared weights, which other representations take over.
    var bitsToTakeOver: Int? {
        switch self {
        case .linear(let linear): linear.bits
        case .shared(let sharing): sharing.bits
        default: nil
        }
    }
}
