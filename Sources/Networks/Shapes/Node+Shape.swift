import Tensors

extension Node {
    /// The shape of the first output for a batch of examples, from the shapes of the values made before; nil where one of them is not known.
    ///
    /// Throws where the inputs do not fit the operation. Cost: O(rank).
    public func outputShape(_ shapes: [String: Shape], batch: Int) throws(ShapeError) -> Shape? {
        if case .unsupported = operation { return nil }
        guard inputs.allSatisfy({ $0.isEmpty || shapes[$0] != nil }) else { return nil }
        return try ShapeInference(node: self, shapes: shapes, batch: batch).output()
    }
}
