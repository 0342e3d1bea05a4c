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

    /// Rows of the smallest table that the values of an input themselves are looked up in; nil for none.
    private func rowsLookedUp(by input: String) -> Int? {
        var names: Set = [input]
        var rows: Int?
        for node in nodes {
            switch node.operation {
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
