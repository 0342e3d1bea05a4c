import Tensors

/// What becomes of fields under another shape: axes are cut into factors where both shapes have a border.
///
/// Cost: O(rank); no element is looked at.
struct ChannelReshape {
    /// By field, the new one; nil where channels do not lie along axes any more.
    let fields: [ChannelField?]

    init(from old: Shape, to new: Shape, _ data: [ChannelField]) {
        guard let axes = Self.axes(of: new, by: Self.factors(of: old, data)) else {
            fields = data.map { _ in nil }
            return
        }
        fields = data.indices.map { Self.field(data[$0], $0, axes) }
    }

    /// A run of indices, of channels of a field or of others.
    private struct Factor {
        var size: Int
        /// The place of the field and the dim.
        var owner: (field: Int, dim: Int)?
    }

    /// The old axes as factors, those of no channels joined.
    private static func factors(of shape: Shape, _ data: [ChannelField]) -> [Factor] {
        var factors: [Factor] = []
        func add(_ size: Int) {
            guard size != 1 else { return }
            if factors.last?.owner == nil, let last = factors.indices.last {
                factors[last].size *= size
            } else {
                factors.append(.init(size: size))
            }
        }
        for axis in shape.dimensions.indices {
            let found = data.enumerated().lazy.compactMap { place, field in field.place(of: axis).map { (field: place, dim: $0) } }.first
            guard let owner = found else {
                add(shape[axis])
                continue
            }
            let dim = data[owner.field].dims[owner.dim]
            add(shape[axis] / max(dim.count * dim.run, 1))
            factors.append(Factor(size: dim.count, owner: owner))
            add(dim.run)
        }
        return factors
    }

    /// The factors of each new axis; nil where one lies across a border.
    private static func axes(of shape: Shape, by factors: [Factor]) -> [[Factor]]? {
        var axes = [[Factor]](repeating: [], count: shape.rank)
        var (axis, left) = (0, shape.rank > 0 ? shape[0] : 1)
        func isDone() -> Bool { left == 1 && axis + 1 < shape.rank }
        for factor in factors {
            var size = factor.size
            if size == 1, axis < shape.rank {
                // A single channel stands on an axis of its own, if there is one.
                if left == 1, !axes[axis].isEmpty, axis + 1 < shape.rank { (axis, left) = (axis + 1, shape[axis + 1]) }
                axes[axis].append(factor)
            }
            while size > 1 {
                while isDone() { (axis, left) = (axis + 1, shape[axis + 1]) }
                let piece = size % left == 0 ? left : left % size == 0 ? size : 0
                guard piece > 1 else { return nil }
                axes[axis].append(Factor(size: piece, owner: factor.owner))
                (size, left) = (size / piece, left / piece)
            }
        }
        return axes
    }

    /// A field by its factors: each axis has one run of them, and no other field's.
    private static func field(_ old: ChannelField, _ place: Int, _ axes: [[Factor]]) -> ChannelField? {
        var dims: [ChannelField.Dim] = []
        for (axis, factors) in axes.enumerated() {
            let owned = factors.indices.filter { factors[$0].owner?.field == place }
            guard let first = owned.first, let last = owned.last else { continue }
            guard last - first + 1 == owned.count, !factors.contains(where: { $0.owner.map { $0.field != place } ?? false }) else {
                return nil
            }
            let run = factors[(last + 1)...].reduce(1) { $0 * $1.size }
            dims.append(.init(axis: axis, count: factors[first...last].reduce(1) { $0 * $1.size }, run: run))
        }
        guard dims.reduce(1, { $0 * $1.count }) == old.elements.count, !dims.isEmpty else { return nil }
        return ChannelField(dims: dims, elements: old.elements, loud: old.loud).simplified
    }
}
