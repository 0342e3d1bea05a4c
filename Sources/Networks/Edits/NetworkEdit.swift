/// A change of a network's graph, as a value: nodes, parameters, their shapes and the outputs may all be others afterwards.
///
/// What comes out keeps the rules of ``Network/check()`` where the network kept them.
public protocol NetworkEdit: Hashable, Sendable {
    associatedtype Failure: Error = Never

    /// Changes a network, of which `index` is the index as it comes.
    func apply(to network: inout Network, _ index: GraphIndex) throws(Failure)
}

extension Network {
    /// The network after an edit.
    public func applying<Edit: NetworkEdit>(_ edit: Edit) throws(Edit.Failure) -> Network {
        var network = self
        try edit.apply(to: &network, index)
        return network
    }
}
