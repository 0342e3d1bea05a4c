/// What is done to a network as it is opened, before anything is planned: it belongs to what the network is, and so to the hash that sessions know
/// it by.
public struct OpeningEdits: Hashable, Sendable {
    /// Whether batch normalizations are taken into the layers before them.
    public var foldsBatchNormalization: Bool
    /// The output that is chosen; nil is the file's first one.
    public var output: String?

    private static let foldedMark = "-folded"
    private static let outputMark = "-output:"

    /// None, where nothing is named.
    public init(foldsBatchNormalization: Bool = false, output: String? = nil) {
        (self.foldsBatchNormalization, self.output) = (foldsBatchNormalization, output)
    }

    /// Those that a network's hash tells of.
    public init(hash: String?) {
        // A hash has no minus of its own, so that most are known at once.
        guard let hash, hash.utf8.contains(UInt8(ascii: "-")) else {
            self.init()
            return
        }
        let parts = hash.split(separator: Self.outputMark, maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            foldsBatchNormalization: parts.first?.hasSuffix(Self.foldedMark) ?? false, output: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// What they add to the hash of a network's file.
    private var mark: String { (foldsBatchNormalization ? Self.foldedMark : "") + (output.map { Self.outputMark + $0 } ?? "") }

    /// The hash of the file alone.
    public func fileHash(in hash: String) -> String { String(hash.dropLast(mark.count)) }

    /// What they are, for a message.
    public var words: String {
        let words = [foldsBatchNormalization ? "with batch normalization folded in" : nil, output.map { "with the output “\($0)”" }]
        return self == OpeningEdits() ? "as its file is" : words.compactMap(\.self).joined(separator: " and ")
    }

    /// Those that were asked for, and of a session what was not said.
    public func completed(by kept: OpeningEdits?) -> OpeningEdits {
        OpeningEdits(
            foldsBatchNormalization: foldsBatchNormalization || kept?.foldsBatchNormalization == true, output: output ?? kept?.output)
    }

    /// The network with these edits, its hash with their mark. Cost: O(parameters).
    public func applied(to network: Network) throws(ChosenOutput.Failure) -> Network {
        var network = network
        if let output { network = try network.applying(.output(named: output)) }
        if foldsBatchNormalization { network = network.applying(.foldBatchNormalization) }
        network.source?.sha256 += mark
        return network
    }
}
