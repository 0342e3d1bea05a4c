import Tensors

extension Network {
    /// Shapes that an example may have whose sizes the file leaves open, the likeliest first: by the weights of what reads it, and, where any picture or
    /// length would do, usual ones. Cost: O(nodes).
    public var likelyExamples: [Shape] {
        guard let value = inputs.first, value.isOpen else { return [] }
        let reader = readerOfInput
        let stated = value.axes.map { _ in value.exampleShape.dimensions }
        guard let open = stated.flatMap({ $0.isEmpty ? nil : $0 }) ?? reader.map({ [Int](repeating: 0, count: $0.rank) }) else { return [] }
        return Self.fillings(of: open, reader).map { Shape($0) }
    }

    /// What first reads the examples by weights, if something does: the axes of an example that it asks for, and the extents that its weights fix.
    private var readerOfInput: (rank: Int, axis: Int, extents: [Int])? {
        var names: Set = [input]
        for node in nodes where node.inputs.contains(where: names.contains) {
            // The rows of a table that numbers are looked up in say nothing of how many numbers there are.
            if node.inputs.count > 1, node.operation.name == "Gather", parameters[node.inputs[0]] != nil, names.contains(node.inputs[1]) {
                return nil
            }
            let weights = node.inputs.dropFirst().lazy.compactMap { parameters[$0] }.first { $0.role == .weight }
            guard let shape = weights?.shape, shape.rank > 1 else {
                names.formUnion(node.outputs)
                continue
            }
            if node.operation.name == "Conv" || node.operation.name == "ConvTranspose" {
                return (shape.rank - 1, 0, node.operation.name == "Conv" ? [shape[1], 3, 1] : [shape[0]])
            }
            return (1, -1, [shape[shape.rank - 1], shape[shape.rank - 2]])
        }
        return nil
    }

    private static let sides = [224, 32, 28, 64, 96, 112, 128, 160, 192, 256, 299, 320, 384, 416, 448, 480, 512, 640, 48, 24, 16, 8]
    private static let lengths = [128, 100, 256, 64, 1_000, 1_024, 16_000, 32, 16, 8]

    private static func fillings(of open: [Int], _ reader: (rank: Int, axis: Int, extents: [Int])?) -> [[Int]] {
        let reader = reader.flatMap { $0.axis < 0 || $0.rank == open.count ? $0 : nil }
        let place = reader.map { $0.axis < 0 ? open.count - 1 : $0.axis }
        var starts = [open]
        if let place, let reader, open.indices.contains(place), open[place] == 0 {
            starts = reader.extents.map { extent in
                var filled = open
                filled[place] = extent
                return filled
            }
        } else if open.count == 3, open[0] == 0 {
            starts = [3, 1].map { [$0] + open.dropFirst() }
        }
        var found: [[Int]] = []
        for start in starts {
            guard start.contains(0) else {
                found.append(start)
                continue
            }
            for size in start.count > 2 ? sides : lengths { found.append(start.map { $0 == 0 ? size : $0 }) }
        }
        return found
    }
}
