import Tensors

/// What a file's graph has beside the nodes that run, as messages that only readers and writers of files understand, so that it is written whole.
public struct KeptGraph: Hashable, Sendable {
    /// A node as a message.
    public struct Message: Hashable, Sendable {
        /// What it reads, values of branches inside it too.
        public var inputs: [String]
        public var outputs: [String]
        public var bytes: [UInt8]

        public init(inputs: [String], outputs: [String], bytes: [UInt8]) {
            (self.inputs, self.outputs, self.bytes) = (inputs, outputs, bytes)
        }
    }

    /// An If whose condition an input decides that is the same for every example. What runs in its place stands among the network's nodes.
    public struct Choice: Hashable, Sendable {
        public var name: String
        /// The value that it reads.
        public var condition: String
        /// Whether its first branch runs.
        public var takesThen: Bool
        /// What it makes, which nodes of the network make now.
        public var outputs: [String]
        /// Values made inside the branch that runs.
        public var own: Set<String>
        /// The branch that doesn't run, a message, and what it reads from outside.
        public var other: [UInt8]
        public var reads: [String]

        public init(
            name: String, condition: String, takesThen: Bool, outputs: [String], own: Set<String>, other: [UInt8], reads: [String]
        ) {
            (self.name, self.condition, self.takesThen, self.outputs) = (name, condition, takesThen, outputs)
            (self.own, self.other, self.reads) = (own, other, reads)
        }
    }

    /// A part that never runs, with parameters that nothing else reads.
    public struct Unused: Hashable, Sendable {
        /// The node, and why it doesn't run: `If_4`, `its condition is true`.
        public var node: String
        public var reason: String
        public var parameters: [String]

        public init(node: String, reason: String, parameters: [String]) {
            (self.node, self.reason, self.parameters) = (node, reason, parameters)
        }
    }

    /// What a file computes from inputs that are the same for every example, or from constants that ``expanded`` ones are made of, in an order in which it
    /// can run.
    public var computed: [Message] = []
    /// Parameters that the file doesn't hold but computes from constants of other sizes (grids, tables of sines, a part of a table), by name, with the shape
    /// that they were made in: one of another shape is a tensor of its own.
    public var expanded: [String: Shape] = [:]
    /// Outer ones before those inside them.
    public var choices: [Choice] = []
    public var unused: [Unused] = []
    /// Constants that messages read and that are no parameters, as messages, by name.
    public var constants: [String: [UInt8]] = [:]
    /// The file's version of its own operators, and those of other domains.
    public var versions: [String: Int] = [:]
    /// Nodes whose settings came from an input that is the same for every example: what is written holds for that value alone.
    public var settled: [String] = []
    /// Axes of the examples' input that the file leaves open and that were fixed: branches that don't run may not stand those sizes, so they are written open.
    public var openAxes: [Int] = []

    public init() {}

    /// What the nodes read that make these values, and the nodes before them. Cost: O(computed).
    func reads(for values: Set<String>) -> Set<String> {
        computed.reversed().reduce(into: values) { wanted, message in
            if message.outputs.contains(where: wanted.contains) { wanted.formUnion(message.inputs) }
        }
    }

    /// Names of values that the file computes and the network has as constants.
    public var computedNames: Set<String> { Set(computed.flatMap(\.outputs)) }
}

extension Network {
    /// Inputs that are the same for every example: parameters that have the name of an input.
    public var fixedInputs: [NetworkValue] { inputs.dropFirst().filter { parameters[$0.name] != nil } }

    /// Names of parameters that are none of the network's: fixed inputs, what is computed from them alone, and ``expandedNames``. Cost: O(inputs + computed).
    public var givenNames: Set<String> {
        guard inputs.count > 1 || !kept.expanded.isEmpty else { return [] }
        let gone = kept.expanded.filter { parameters[$0.key]?.shape != $0.value }
        return kept.computedNames.subtracting(gone.keys).union(fixedInputs.map(\.name))
    }

    /// Names of parameters that the file computes from its constants: they are written as the nodes that make them, their values nowhere. Cost: O(expanded).
    public var expandedNames: Set<String> { Set(kept.expanded.filter { parameters[$0.key]?.shape == $0.value }.keys) }

    /// The parameters that a container holds beside the graph: all but ``expandedNames``. Cost: O(parameters).
    public var containedParameters: [Parameter] {
        let expanded = expandedNames
        return parameters.values.filter { !expanded.contains($0.name) }
    }

    /// By the output of each node that repeats a fixed input for every example, that input. Cost: O(nodes) where there are such inputs.
    public var repeatedInputs: [String: String] {
        let names = Set(fixedInputs.map(\.name))
        guard !names.isEmpty else { return [:] }
        return nodes.reduce(into: [:]) { found, node in
            guard case .expand = node.operation, let name = node.inputs.first, names.contains(name), let output = node.outputs.first else {
                return
            }
            found[output] = name
        }
    }
}

extension NetworkValue {
    /// All sizes as the file states them, open ones by their names: `2×N×128`.
    public var statedAxes: String {
        guard let axes else { return "of no stated shape" }
        return axes.map { axis in
            switch axis {
            case .fixed(let extent): String(extent)
            case .open(let name): name.isEmpty ? "?" : name
            }
        }.joined(separator: "×")
    }

    /// `1xTx6`: one example, and open sizes by their names, as `--input-shape` takes it.
    public var askedForm: String {
        (axes ?? []).enumerated().map { place, axis in
            switch axis {
            case .fixed(let extent): String(extent)
            case .open(let name): place == 0 ? "1" : name.isEmpty ? "?" : name
            }
        }.joined(separator: "x")
    }
}
