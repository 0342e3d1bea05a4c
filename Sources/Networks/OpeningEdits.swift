/// What is done to a network as it is opened, before anything is planned: it belongs to what the network is, and so to the hash that sessions know
/// it by.
public struct OpeningEdits: Hashable, Sendable {
    /// Whether batch normalizations are taken into the layers before them.
    public var foldsBatchNormalization: Bool

    private static let foldedMark = "-folded"

    /// None, where nothing is named.
    public init(foldsBatchNormalization: Bool = false) { self.foldsBatchNormalization = foldsBatchNormalization }

    /// Those that a network's hash tells of.
    public init(hash: String?) { self.init(foldsBatchNormalization: hash?.hasSuffix(Self.foldedMark) ?? false) }

    /// What they add to the hash of a network's file.
    private var mark: String { foldsBatchNormalization ? Self.foldedMark : "" }

    /// The hash of the file alone.
    public func fileHash(in hash: String) -> String { String(hash.dropLast(mark.count)) }

    /// What they are, for a message.
    public var words: String { foldsBatchNormalization ? "with batch normalization folded in" : "as its file is" }

    /// Those that were asked for, and of a session what was not said.
    public func completed(by kept: OpeningEdits?) -> OpeningEdits {
        OpeningEdits(foldsBatchNormalization: foldsBatchNormalization || kept?.foldsBatchNormalization == true)
    }

    /// The network with these edits, its hash with their mark. Cost: O(parameters).
    public func applied(to network: Network) -> Network {
        var network = foldsBatchNormalization ? network.applying(.foldBatchNormalization) : network
        network.source?.sha256 += mark
        return network
    }
}
