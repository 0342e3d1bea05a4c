import Networks

/// How a list of settings declares one, beside its place and kind.
extension PlanSetting {
    private func with(_ change: (inout SettingFacts<Root>) -> Void) -> PlanSetting {
        var facts = facts
        change(&facts)
        return PlanSetting(facts)
    }

    /// A knob with this word before its value, where `isUsed`.
    func knob(_ word: String, id: String? = nil, when isUsed: @escaping @Sendable (Root) -> Bool = { _ in true }) -> PlanSetting {
        with {
            $0.word = word
            $0.id = id ?? $0.id
            $0.isUsed = isUsed
        }
    }

    /// One of several keys that exclude each other.
    func alternative(_ id: String) -> PlanSetting { with { $0.id = id } }

    /// Only some layers can have it.
    func of(_ suits: @escaping @Sendable (Layer) -> Bool) -> PlanSetting {
        with {
            $0.suits = suits
            $0.children = $0.children.map { $0.of(suits) }
        }
    }

    /// What is copied with it.
    func copying<Part>(_ part: WritableKeyPath<Root, Part> & Sendable) -> PlanSetting {
        copying { source, target in target[keyPath: part] = source[keyPath: part] }
    }

    /// How it is copied.
    func copying(_ copier: @escaping @Sendable (Root, inout Root) -> Void) -> PlanSetting {
        with {
            $0.copier = copier
            $0.children = $0.children.map { $0.copying(copier) }
        }
    }

    /// When it changes nothing, and why: what files may have and what is then said.
    func idle(_ idleness: @escaping @Sendable (Root, Layer) -> IdleReason?) -> PlanSetting { with { $0.idleness = idleness } }

    /// Another way to turn it than by steps; nil at its end.
    func turning(_ turner: @escaping @Sendable (_ root: Root, _ layer: Layer?, _ up: Bool, _ isBig: Bool) -> Root?) -> PlanSetting {
        with { $0.turner = turner }
    }

    /// Where the range ends in a layer.
    func upTo(_ largest: @escaping @Sendable (Root, Layer) -> Double) -> PlanSetting { with { $0.largest = largest } }

    /// What the number comes to in a layer.
    func comingTo(_ outcome: @escaping @Sendable (Root, Layer) -> String) -> PlanSetting { with { $0.outcome = outcome } }

    /// Words that it takes beside those of its kind, which only files and typing lead to.
    func taking(_ word: @escaping @Sendable (String) -> String?) -> PlanSetting { with { $0.takes = word } }

    /// What messages call it, where that is not the way of keys.
    func named(_ name: String) -> PlanSetting {
        with {
            $0.name = name
            $0.isNamed = true
        }
    }

    var required: PlanSetting { with { ($0.isRequired, $0.isAlwaysWritten) = (true, true) } }
    var alwaysWritten: PlanSetting { with { $0.isAlwaysWritten = true } }
    var writtenLast: PlanSetting { with { $0.isWrittenLast = true } }

    /// Settings that files write in its place, once it is set to `start`.
    func holding(_ children: [PlanSetting], from start: SettingValue? = nil, example: String? = nil) -> PlanSetting {
        with {
            $0.children = children.map { $0.within(name) }
            $0.start = start
            $0.example = example
        }
    }

    private func within(_ name: String) -> PlanSetting {
        with {
            if !$0.isNamed { $0.name = "\(name).\($0.name)" }
            $0.children = $0.children.map { $0.within(name) }
        }
    }

    /// The same setting of what may have a `Root` in it.
    func lifted<Outer>(
        from extract: @escaping @Sendable (Outer) -> Root?, to embed: @escaping @Sendable (Root, inout Outer) -> Void
    ) -> PlanSetting<Outer> {
        let (read, write, isUsed, turner) = (facts.read, facts.write, facts.isUsed, facts.turner)
        var outer = SettingFacts<Outer>(
            id: id, key: key, name: name, word: word, kind: kind, help: help, isRequired: isRequired, isAlwaysWritten: isAlwaysWritten,
            isWrittenLast: isWrittenLast, children: children.map { $0.lifted(from: extract, to: embed) }, example: example,
            isNamed: facts.isNamed, start: facts.start, read: { extract($0).flatMap(read) },
            write: { outer, value in
                guard var inner = extract(outer) else { return }
                write(&inner, value)
                embed(inner, &outer)
            },
            isUsed: { extract($0).map(isUsed) ?? false }, suits: facts.suits)
        if let turner {
            outer.turner = { outer, layer, up, isBig in
                guard let next = extract(outer).flatMap({ turner($0, layer, up, isBig) }) else { return nil }
                var outer = outer
                embed(next, &outer)
                return outer
            }
        }
        let (largest, outcome, idleness) = (facts.largest, facts.outcome, facts.idleness)
        if let idleness { outer.idleness = { outer, layer in extract(outer).flatMap { idleness($0, layer) } } }
        if let largest { outer.largest = { outer, layer in extract(outer).map { largest($0, layer) } ?? .infinity } }
        if let outcome { outer.outcome = { outer, layer in extract(outer).map { outcome($0, layer) } ?? "" } }
        return PlanSetting<Outer>(outer)
    }
}
