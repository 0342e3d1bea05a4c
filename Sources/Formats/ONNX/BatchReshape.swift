import Tensors

/// A Reshape of an activation, whose target spells out the number of examples, or the one that the file was written for.
struct BatchReshape {
    /// What is reshaped, with ``examples`` as a factor of one extent.
    let shape: Shape
    /// The prime that stands for the number of examples.
    let examples: Int
    /// The number of examples that the file is fixed to, or 1.
    let fixed: Int

    /// The target with −1, or a 0 that copies it, where the examples are; nil where sizes don't fit.
    func opened(_ stated: [Int], allowZero: Bool) -> [Int]? {
        var target = stated
        for (axis, dimension) in stated.enumerated() where dimension == 0 && !allowZero {
            guard axis < shape.rank else { return nil }
            target[axis] = shape[axis]
        }
        guard let count = shape.checkedCount, let known = Shape(target.filter { $0 != -1 }).checkedCount, known > 0 else { return nil }
        if let place = target.firstIndex(where: isOfBatch) { return opened(target, stated, at: place, count, known) }
        if let open = target.firstIndex(of: -1) {
            // [1, −1]: the first axis holds the examples that the file was written for.
            if target[0] == fixed, open > 0, shape[0] == examples, count / examples * fixed % known == 0 {
                target[open] = count / examples * fixed / known
                target[0] = -1
                return target
            }
            return stated.count { $0 == -1 } == 1 && count % known == 0 && isOfBatch(count / known) ? stated : nil
        }
        guard known == count / examples * fixed else { return nil }
        let places = target.indices.filter { target[$0] % fixed == 0 && keepsExamples(target, place: $0, factor: target[$0] / fixed) }
        guard let place = places.first else { return nil }
        target[place] = -1
        return target
    }

    private func opened(_ target: [Int], _ stated: [Int], at place: Int, _ count: Int, _ known: Int) -> [Int]? {
        var target = target
        if let open = target.firstIndex(of: -1) {
            guard count % known == 0 else { return nil }
            target[open] = count / known
        } else if known != count {
            return nil
        }
        // A 0 copies the examples as well as −1 does.
        if stated[place] == 0, !stated.indices.contains(where: { $0 != place && isOfBatch(stated[$0]) }) { return stated }
        target[place] = -1
        return target
    }

    /// Whether neighbouring examples lie as far apart before as after, so that no row has parts of two.
    func keepsExamples(_ dimensions: [Int]) -> Bool {
        var target = dimensions
        for (axis, dimension) in dimensions.enumerated() where dimension == 0 && axis < shape.rank { target[axis] = shape[axis] }
        guard let count = shape.checkedCount, let known = Shape(target.filter { $0 != -1 }).checkedCount, known > 0 else { return false }
        if let open = target.firstIndex(of: -1) { target[open] = count / known }
        guard let place = target.firstIndex(where: isOfBatch) else { return false }
        return keepsExamples(target, place: place, factor: target[place] / examples)
    }

    private func keepsExamples(_ target: [Int], place: Int, factor: Int) -> Bool {
        guard let axis = shape.dimensions.firstIndex(where: isOfBatch) else { return false }
        func distances(_ dimensions: [Int], _ axis: Int, _ factor: Int) -> Set<Int> {
            let inner = dimensions[(axis + 1)...].reduce(1, *)
            return [inner, inner * factor]
        }
        return !distances(shape.dimensions, axis, shape[axis] / examples).isDisjoint(with: distances(target, place, factor))
    }

    private func isOfBatch(_ extent: Int) -> Bool { extent > 0 && extent % examples == 0 }
}
