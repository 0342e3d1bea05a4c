import Tensors

extension Network {
    /// The whole numbers that stand in for the values of the examples: those that name rows of the tables that they are looked up in, else those of bytes and
    /// booleans, and 0…9 for other integers. Nil where the network reads floats. Cost: O(nodes).
    public var wholeInputs: ClosedRange<Int>? { inputs.first.flatMap(wholeNumbers) }

    /// The same of one input; 0 and 1 of integers that are called a mask.
    public func wholeNumbers(of input: NetworkValue) -> ClosedRange<Int>? {
        if let rows = rowsLookedUp(by: input.name) { return 0...max(0, rows - 1) }
        let isMask = packed != nil && input.name.lowercased().split { !$0.isLetter }.contains("mask")
        if isMask, input.elementType?.isFraction == false { return 0...1 }
        switch input.elementType {
        case .bool: return 0...1
        case .uint8: return 0...255
        case .int8: return -128...127
        case .some(let type) where !type.isFraction: return 0...9
        default: return nil
        }
    }

    /// Rows of the smallest table that the values of an input themselves are looked up in, or of what they name places in; nil for none.
    private func rowsLookedUp(by input: String) -> Int? {
        var names: Set = [input]
        var rows: Int?
        var shapes: [String: Shape]?
        for node in nodes {
            switch node.operation {
            case .placement(let placement) where node.inputs.count > 1 && names.contains(node.inputs[1]):
                if shapes == nil { shapes = (try? self.shapes(batch: 1)) ?? [:] }
                guard let count = shapes.flatMap({ placement.extent(of: node, $0) }) else { continue }
                rows = min(rows ?? count, count)
            case .slice, .gather, .expand, .tile:
                if node.inputs.first.map(names.contains) == true { names.formUnion(node.outputs) }
            case .lookup where node.inputs.count > 1 && names.contains(node.inputs[1]):
                guard let count = parameters[node.inputs[0]]?.shape.dimensions.first else { continue }
                rows = min(rows ?? count, count)
            case .cast where node.inputs.contains(where: names.contains): names.formUnion(node.outputs)
            case let operation where operation.isView && node.inputs.first.map(names.contains) == true: names.formUnion(node.outputs)
            default: continue
            }
        }
        return rows
    }
}

extension Placement {
    /// The least extent of the axes that the numbers, the second input, name places along; nil where they are none, or of no known shape.
    fileprivate func extent(of node: Node, _ shapes: [String: Shape]) -> Int? {
        guard let data = shapes[node.inputs[0]], let numbers = shapes[node.inputs[1]] else { return nil }
        let depth = numbers.dimensions.last ?? 0
        switch self {
        case .takenElements(let axis), .putElements(let axis, _): return data.dimensions.indices.contains(axis) ? data[axis] : nil
        case .takenTuples(let first): return data.dimensions.dropFirst(first).prefix(depth).min()
        case .putTuples: return data.dimensions.prefix(depth).min()
        case .runningSum, .best: return nil
        }
    }
}
