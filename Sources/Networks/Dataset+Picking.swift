import Tensors

extension Dataset {
    /// The examples at some places alone, in that order; pixels stay where they are. Its name, hash and facts are those of all of them.
    ///
    /// Cost: O(places), and the targets of these.
    public func picking(_ places: [Int]) -> Dataset {
        var picked = self
        picked.source = PickedExamples(dataset: self, places: places)
        picked.inputs = Tensor(
            shape: Shape([0] + exampleShape.dimensions), elementType: inputs.elementType, storage: inputs.storage,
            byteOffset: inputs.byteOffset)
        if !labels.isEmpty { picked.labels = places.map { labels[$0] } }
        if let targets { picked.targets = targets.picking(places) }
        return picked
    }
}

/// Some examples of a data set.
private struct PickedExamples: ExampleSource {
    let dataset: Dataset
    let places: [Int]

    var count: Int { places.count }
    var maps: [FileMap] { dataset.maps }
    func pixels(of example: Int) throws(ExampleFailure) -> Tensor { try dataset.pixels(of: places[example]) }
    func expect(_ order: [Int]) { dataset.source?.expect(order.map { places[$0] }) }
}

extension Targets {
    /// Those of some examples.
    fileprivate func picking(_ places: [Int]) -> Targets {
        let size = values.shape.rowCount
        let all = floats
        let picked = places.flatMap { all[$0 * size..<($0 + 1) * size] }
        return Targets(Tensor(shape: Shape([places.count] + values.shape.dimensions.dropFirst()), floats: picked))
    }
}
