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

    /// What a file computes from inputs that are the same for every example, in an order in which it can run.
    public var computed: [Message] = []
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

    /// Names of values that the file computes and the network has as constants.
    public var computedNames: Set<String> { Set(computed.flatMap(\.outputs)) }
}

extension Network {
    /// Inputs that are the same for every example: parameters that have the name of an input.
    public var fixedInputs: [NetworkValue] { inputs.dropFirst().filter { parameters[$0.name] != nil } }

    /// Names of parameters that are none of the network: fixed inputs and what is computed from them alone. Cost: O(inputs).
    public var givenNames: Set<String> {
        guard inputs.count > 1 else { return [] }
        return kept.computedNames.union(fixedInputs.map(\.name))
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
}
