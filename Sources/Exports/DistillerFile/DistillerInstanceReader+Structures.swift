import Compression

/// Classes that rank structures: filters, or the channels that weights read.
extension DistillerInstanceReader {
    /// Distiller's structures by name: `3D` and `Filters` are filters; its ranked `Rows` of a dense layer are the channels that it reads, as `Channels` are.
    private static let sides: [String: ChannelSide] = ["3D": .outputs, "Filters": .outputs, "Channels": .inputs, "Rows": .inputs]

    func ranked(_ kind: DistillerClass, _ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        var policy = FilterPolicy(weights: try weights(mapping), final: 0, rankers: .named)
        policy.criterion = kind.criterion ?? .l1
        if kind.isGradual {
            let initial = try mapping.required("initial_sparsity").number(in: RecipeReader.fraction)
            policy.initial = initial
            policy.final = try mapping.required("final_sparsity").number(in: initial.nextUp...max(1, initial.nextUp))
        } else {
            policy.final = try mapping.required("desired_sparsity").number(in: RecipeReader.fraction)
        }
        policy.side = try side(mapping.required("group_type"), kind)
        if let node = mapping["group_dependency"], !node.isNull {
            policy.rankers = try node.choice(among: ["Leader"]).name == "Leader" ? .first : .named
        }
        try checkPlain(mapping)
        return .action(.filters(policy), isGradual: kind.isGradual, isSplicing: false)
    }

    private func side(_ node: DocumentNode, _ kind: DistillerClass) throws(PlanFileError) -> ChannelSide {
        let name = try node.text()
        let reads = kind.criterion == .l1 || kind.criterion == .l2
        if name == "Blocks", reads {
            let what = "ranked blocks along input channels; a plan has blocks along outputs (pattern)"
            issues.add(.unsupported(path: node.path, what: what), at: node)
            return .outputs
        }
        let known = Self.sides.filter { reads || $0.value == .outputs }
        return known[try node.choice(among: known.keys.sorted()).name] ?? .outputs
    }

    /// What is removed is what is zero, of whatever network: Distiller's names of its architecture and examples mean nothing here.
    func remover(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        _ = try mapping.required("thinning_func_str").choice(among: ["remove_filters", "remove_channels"])
        for key in ["arch", "dataset"] { _ = try mapping[key]?.text() }
        return .remover
    }

    /// Throws or notes what would rank otherwise.
    private func checkPlain(_ mapping: DocumentMapping) throws(PlanFileError) {
        if let node = mapping["noise"], try node.number(in: 0...1) != 0 {
            issues.add(.unsupported(path: node.path, what: "noise in a ranking; leave it out"), at: node)
        }
        if let node = mapping["group_size"], try node.wholeNumber(in: 1...100_000) != 1 {
            issues.add(.unsupported(path: node.path, what: "filters that are ranked in runs; leave group_size out"), at: node)
        }
        for key in ["kwargs", "rounding_fn"] {
            guard let node = mapping[key], !node.isNull else { continue }
            issues.add(.unsupported(path: node.path, what: "\(key) of a ranking; leave it out"), at: node)
        }
    }
}

/// Classes that go by the norms of structures.
extension DistillerInstanceReader {
    /// Distiller's structures by name; `Rows` of a dense layer are its units here, other than where structures are ranked.
    static let groups: [String: [WeightStructure]] = [
        "2D": [.kernels], "3D": [.filters], "Filters": [.filters], "4D": [.layer], "Channels": [.inputs], "Rows": [.filters],
        "Cols": [.inputs], "Rows+Cols": [.filters, .inputs], "Cols+Rows": [.filters, .inputs], "Channels+4D": [.inputs, .layer],
        "4D+Channels": [.inputs, .layer],
    ]
    private static let measures: [String: GroupMeasure] = ["Mean_Abs": .mean, "Max": .largest]

    func penalty(_ kind: StructurePenalty.Kind, _ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        let names = kind == .variance ? ["Channels"] : Self.groups.keys.sorted()
        let terms = terms(try mapping.required("reg_regims"), among: names)
        return plain(.penalty(StructurePenalty(kind: kind, terms: terms, zeros: try measure(mapping))))
    }

    func structures(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        let names = Self.groups.keys.sorted().filter { !$0.contains("+") && $0 != "4D" }
        let terms = terms(try mapping.required("reg_regims"), among: names)
        let name = try mapping.required("threshold_criteria").choice(among: Self.measures.keys.sorted()).name
        return plain(.structures(terms, by: Self.measures[name] ?? .mean))
    }

    /// What becomes zero; nil where nothing does.
    func measure(_ mapping: DocumentMapping) throws(PlanFileError) -> GroupMeasure? {
        guard let node = mapping["threshold_criteria"], !node.isNull else { return nil }
        return Self.measures[try node.choice(among: Self.measures.keys.sorted()).name]
    }

    /// `{conv1.weight: [0.001, 3D]}`.
    private func terms(_ node: DocumentNode, among names: [String]) -> [String: [StructureTerm]] {
        guard let mapping = issues.mapping(node) else { return [:] }
        var terms: [String: [StructureTerm]] = [:]
        for (key, name, value) in mapping.pairs {
            let own = issues.attempt { () throws(PlanFileError) in
                let items = try value.list()
                guard items.count == 2 else { throw value.wrong(.list) }
                let number = try items[0].number(in: PolicyReader.strength)
                return (Self.groups[try items[1].choice(among: names).name] ?? []).map { StructureTerm($0, number) }
            }
            if let weight = weight(name, key), let own { terms[weight] = own }
        }
        return terms
    }
}
