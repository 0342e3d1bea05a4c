import Networks
import Tensors

extension GraphReader {
    /// Reads the branch of an If whose condition is known in its place. False for all others.
    mutating func readChoice(_ proto: ONNXNodeProto) throws(FormatError) -> Bool {
        guard proto.opType == "If", isOwn(proto.domain), functions[FunctionName(proto)] == nil else { return false }
        let reading = "node \(label(proto)) (If)"
        let branches = ["then_branch", "else_branch"].map { name in proto.attribute.first { $0.name == name && $0.hasG }?.g }
        guard let condition = proto.input.first, branches.count == 2, let first = branches[0], let second = branches[1] else {
            throw failure(.malformed, reading, "a condition and two branches", "others")
        }
        guard let value = constant(condition), value.count == 1, !batchConstants.contains(condition) else {
            try addUnsupported(proto, openChoice(condition))
            return true
        }
        let isThen = value.numbers[0] != 0
        let (taken, other) = isThen ? (first, second) : (second, first)
        let name = uniqueName(proto)
        let place = kept.choices.count
        let isKept = isNetwork && derived.contains(condition)
        if isKept {
            kept.choices.append(
                KeptGraph.Choice(name: name, condition: condition, takesThen: isThen, outputs: proto.output, own: [], other: [], reads: []))
        }
        let own = try inline(InlinedBody(taken), outputs: proto.output, names: scope, reading: reading)
        guard isNetwork else { return true }
        var parameters: [String] = []
        guard let graph = try detached(other, scope, &parameters) else { return true }
        let reads = graph.captured
        if isKept, let bytes: [UInt8] = try? graph.serializedBytes() {
            (kept.choices[place].own, kept.choices[place].other, kept.choices[place].reads) = (own, bytes, reads)
        }
        let reason = "the condition \(quoted(condition)) is \(isThen ? "true" : "false")"
        unused.append((KeptGraph.Unused(node: name, reason: reason, parameters: parameters), reads))
        return true
    }

    /// Why an If is open, with what would decide it.
    private func openChoice(_ condition: String) -> String {
        let open = inputsBehind(condition)
        let further = open.compactMap { name in unfixed[name].map { "\(quoted(name)), \($0)" } }
        let start = "its condition \(quoted(condition)) is open: "
        if let first = further.first { return start + "it depends on \(first)" }
        if input.isOpen { return start + "it depends on sizes that --input-shape or --data give" }
        return start + "it depends on the values of \(packed?.words ?? quoted(input.name)), which differ by example"
    }

    /// Inputs of the graph that a value is computed from. Cost: O(nodes).
    private func inputsBehind(_ value: String) -> [String] {
        var makers: [String: Int] = [:]
        for (place, node) in graph.node.enumerated() { for name in node.output { makers[name] = place } }
        var (found, open, seen): ([String], [String], Set<String>) = ([], [value], [])
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            if inputNames.contains(name) { found.append(name) }
            if let place = makers[name] { open += graph.node[place].input }
        }
        return found
    }
}
