import Compression
import Yams

/// Reads the text of a plan file.
struct PlanReader {
    func plan(from text: String) throws(PlanFileError) -> CompressionPlan {
        try PlanGuard.check(text)
        let document = try PlanMapping(PlanNode(node: compose(text), path: ""))
        try checkVersion(document)
        try document.check(known: ["version", "temperature", "lossWeights", "layers"])
        var plan = CompressionPlan()
        if let node = document["temperature"] { plan.temperature = try node.number(.temperature, entry: nil) }
        if let node = document["lossWeights"] { plan.lossWeights = try lossWeights(PlanMapping(node)) }
        if let node = document["layers"] {
            for (pattern, value) in try PlanMapping(node).entries {
                let layer = try LayerPlanReader(entry: pattern).plan(PlanMapping(value))
                plan.layers.append(.init(pattern: pattern, plan: layer))
            }
        }
        return plan
    }

    /// The tree of one document; scalars stay text, so that `on` or `1:30` is never taken for something else.
    private func compose(_ text: String) throws(PlanFileError) -> Node {
        do {
            guard let node = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
                return Node("")
            }
            return node
        } catch let error as YamlError {
            throw PlanFileError(error)
        } catch {
            throw PlanFileError(problem: .syntax("\(error)"))
        }
    }

    private func checkVersion(_ document: PlanMapping) throws(PlanFileError) {
        let node = try document.required("version")
        let version = try node.wholeNumber()
        if version > PlanFile.version { throw node.error(.newerVersion(version, known: PlanFile.version)) }
        if version < 1 { throw node.unknown(String(version), among: [String(PlanFile.version)]) }
    }

    private func lossWeights(_ mapping: PlanMapping) throws(PlanFileError) -> LossWeights {
        try mapping.check(known: ["distillation", "student"])
        var weights = LossWeights()
        if let node = mapping["distillation"] { weights.distillation = try node.number(.distillationWeight, entry: nil) }
        if let node = mapping["student"] { weights.student = try node.number(.studentWeight, entry: nil) }
        return weights
    }
}

extension PlanFileError {
    /// The parser's own message with its place.
    init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let text = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            self.init(place: Place(line: mark.line, column: mark.column), problem: .syntax(text))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let place = Place(line: context.mark.line, column: context.mark.column)
            self.init(place: place, problem: .duplicateKey(duplicates.first ?? ""))
        case .reader(let problem, let offset, _, let yaml):
            self.init(place: offset.map { Place(utf8Offset: $0, in: yaml) }, problem: .syntax(problem))
        case .writer(let problem), .emitter(let problem), .representer(let problem): self.init(problem: .syntax(problem))
        case .no, .memory, .dataCouldNotBeDecoded: self.init(problem: .syntax("\(error)"))
        }
    }
}

extension PlanFileError.Place {
    /// Where the byte at `utf8Offset` stands.
    fileprivate init(utf8Offset: Int, in text: String) {
        let before = text.utf8.prefix(max(0, utf8Offset))
        let lastBreak = before.lastIndex(of: UInt8(ascii: "\n"))
        let start = lastBreak.map { text.utf8.index(after: $0) } ?? text.startIndex
        let column = text.unicodeScalars[start..<max(start, before.endIndex)].count
        self.init(line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: column + 1)
    }
}
