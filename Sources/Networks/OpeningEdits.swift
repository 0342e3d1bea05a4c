/// What is done to a network as it is opened, before anything is planned: it belongs to what the network is, and so to the hash that sessions know
/// it by.
public struct OpeningEdits: Hashable, Sendable {
    /// Whether batch normalizations are taken into the layers before them.
    public var foldsBatchNormalization: Bool
    /// The output that is chosen; nil is the file's first one.
    public var output: String?
    /// The output that is measured where none was chosen, all others being kept; nil is the file's first one.
    public var measured: String?

    /// The shape of one example that was given where the file leaves sizes open.
    public var example: [Int]?

    /// What was said of inputs that are the same for every example, by name.
    public var inputs: [InputSetting]

    private static let inputsMark = "-given:"
    private static let foldedMark = "-folded"
    private static let exampleMark = "-input:"
    private static let outputMark = "-output:"
    private static let measuredMark = "-measured:"

    /// None, where nothing is named.
    public init(
        foldsBatchNormalization: Bool = false, output: String? = nil, measured: String? = nil, example: [Int]? = nil,
        inputs: [InputSetting] = []
    ) {
        (self.example, self.inputs) = (example, inputs.sorted { $0.name < $1.name })
        (self.foldsBatchNormalization, self.output, self.measured) = (foldsBatchNormalization, output, output == nil ? measured : nil)
    }

    /// Those that a network's hash tells of.
    public init(hash: String?) {
        // A hash has no minus of its own, so that most are known at once.
        guard let hash, hash.utf8.contains(UInt8(ascii: "-")) else {
            self.init()
            return
        }
        // Of the two marks the first: a name may hold any text.
        let marks = [Self.outputMark, Self.measuredMark].compactMap { mark in hash.firstRange(of: mark).map { (mark, $0) } }
        let first = marks.min { $0.1.lowerBound < $1.1.lowerBound }
        let name = first.map { String(hash[$0.1.upperBound...]) }
        let isOutput = first?.0 == Self.outputMark
        let head = hash[..<(first?.1.lowerBound ?? hash.endIndex)]
        let given = head.firstRange(of: Self.inputsMark)
        let start = head[..<(given?.lowerBound ?? head.endIndex)]
        let sizes = start.firstRange(of: Self.exampleMark)
        self.init(
            foldsBatchNormalization: start[..<(sizes?.lowerBound ?? start.endIndex)].hasSuffix(Self.foldedMark),
            output: isOutput ? name : nil, measured: isOutput ? nil : name,
            example: sizes.map { start[$0.upperBound...].split(separator: "x").compactMap { Int($0) } },
            inputs: given.map { head[$0.upperBound...].split(separator: ",").compactMap { InputSetting(mark: $0) } } ?? [])
    }

    /// What they add to the hash of a network's file.
    private var mark: String {
        let name = output.map { Self.outputMark + $0 } ?? measured.map { Self.measuredMark + $0 }
        let sizes = example.map { Self.exampleMark + $0.map(String.init).joined(separator: "x") }
        let given = inputs.isEmpty ? "" : Self.inputsMark + inputs.map(\.mark).joined(separator: ",")
        return (foldsBatchNormalization ? Self.foldedMark : "") + (sizes ?? "") + given + (name ?? "")
    }

    /// The hash of the file alone.
    public func fileHash(in hash: String) -> String { String(hash.dropLast(mark.count)) }

    /// What they are, for a message.
    public var words: String {
        let words = [
            foldsBatchNormalization ? "with batch normalization folded in" : nil,
            example.map { "with examples of \($0.map(String.init).joined(separator: "×"))" }, output.map { "with the output “\($0)”" },
            measured.map { "measured at its output “\($0)”" },
            inputs.isEmpty ? nil : "with " + inputs.map { "\($0.name) = \($0.value)" }.joined(separator: ", "),
        ]
        return self == OpeningEdits() ? "as its file is" : words.compactMap(\.self).joined(separator: " and ")
    }

    /// Those that were asked for, and of a session what was not said.
    public func completed(by kept: OpeningEdits?) -> OpeningEdits {
        OpeningEdits(
            foldsBatchNormalization: foldsBatchNormalization || kept?.foldsBatchNormalization == true, output: output ?? kept?.output,
            measured: measured ?? kept?.measured, example: example ?? kept?.example,
            inputs: inputs + (kept?.inputs ?? []).filter { kept in !inputs.contains { $0.name == kept.name } })
    }

    /// The network with these edits, its hash with their mark. Cost: O(parameters).
    public func applied(to network: Network) throws(ChosenOutput.Failure) -> Network {
        var network = network
        if let output { network = try network.applying(.output(named: output)) }
        if let measured { network = try network.applying(.measuredOutput(named: measured)) }
        if foldsBatchNormalization { network = network.applying(.foldBatchNormalization) }
        network.source?.sha256 += mark
        return network
    }
}
