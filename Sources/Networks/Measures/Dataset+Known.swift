import Tensors

extension Dataset {
    /// What is known of one example, a number an answer or value: its targets, or its label. Cost: O(its targets).
    public func known(of example: Int) -> [Float] {
        guard let values = targets?.values else { return [Float(labels[example])] }
        let size = values.shape.dimensions.dropFirst().reduce(1, *)
        return Tensor(
            shape: Shape([size]), elementType: values.elementType, storage: values.storage,
            byteOffset: values.byteOffset + example * size * values.elementType.byteCount
        ).floats
    }

    /// ȳ of each of `size` values of an example over the split. Cost: O(targets).
    public func targetMeans(_ size: Int) -> [Double] {
        let values = targets?.floats ?? labels.map(Float.init)
        var sums = [Double](repeating: 0, count: max(1, size))
        for (place, value) in values.enumerated() { sums[place % sums.count] += Double(value) }
        let rows = Double(max(1, values.count / sums.count))
        return sums.map { $0 / rows }
    }
}
