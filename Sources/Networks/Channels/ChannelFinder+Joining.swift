import Tensors

/// One of several tensors that meet element by element, seen from the result.
struct ChannelOperand {
    let name: String
    /// Along axes of the result.
    let fields: [ChannelField]
    let shape: Shape
    let isParameter: Bool
    /// How many axes of the result stand before its own.
    let missing: Int

    init(_ name: String, _ fields: [ChannelField], _ shape: Shape, _ isParameter: Bool, rank: Int) {
        (self.name, self.shape, self.isParameter) = (name, shape, isParameter)
        let missing = rank - shape.rank
        self.missing = missing
        self.fields = fields.map { field in
            missing == 0 ? field : field.transposed(Dictionary(uniqueKeysWithValues: field.axes.map { ($0, $0 + missing) }))
        }
    }

    /// Its extent along an axis of the result.
    func extent(_ axis: Int) -> Int { axis < missing ? 1 : shape[axis - missing] }
}

/// What a function of several numbers makes of zeros.
enum ZeroRule {
    /// Zero where each is.
    case all
    /// Zero where one is.
    case any
    /// Zero where the first is.
    case first
    /// Zero where all but the first are.
    case branches
    case never
}

extension ChannelFinder {
    /// Operands that meet element by element: along an axis those have it that do not repeat one element.
    mutating func joined(_ node: Node, _ shape: Shape) -> [ChannelField] {
        let operands = node.inputs.map { name in
            ChannelOperand(name, labels[name] ?? [], self.shape(name), isParameter(name), rank: shape.rank)
        }
        return joined(operands, shape, below: shape.rank, zeroRule(node), node)
    }

    /// The same along the first axes only.
    mutating func joined(_ operands: [ChannelOperand], _ shape: Shape, below limit: Int, _ rule: ZeroRule, _ node: Node) -> [ChannelField] {
        var parts: [Set<Int>] = []
        for field in operands.flatMap({ operand in operand.fields.filter { isWhole($0, operand, shape) } }) {
            let touched = parts.filter { !$0.isDisjoint(with: field.axes) }
            parts = parts.filter { $0.isDisjoint(with: field.axes) } + [touched.reduce(Set(field.axes)) { $0.union($1) }]
        }
        for operand in operands { hold(operand.fields.filter { !isWhole($0, operand, shape) }, node) }
        return parts.map { $0.sorted() }.sorted { $0[0] < $1[0] }.compactMap { axes in
            axes.count == 1 ? joined(operands, axis: axes[0], shape[axes[0]], rule, node) : joined(operands, axes, shape, rule, node)
        }
    }

    /// Whether no element of a field is repeated along the result.
    private func isWhole(_ field: ChannelField, _ operand: ChannelOperand, _ shape: Shape) -> Bool {
        field.axes.allSatisfy { operand.extent($0) == shape[$0] }
    }

    private mutating func joined(
        _ operands: [ChannelOperand], axis: Int, _ extent: Int, _ rule: ZeroRule, _ node: Node
    ) -> ChannelField? {
        let present = operands.map { $0.missing <= axis && $0.extent(axis) == extent }
        let known = operands.map { $0.fields.first { $0.axes == [axis] } }
        let dims = Set(known.compactMap { $0?.dims })
        let all = zip(present, known).allSatisfy { !$0 || $1 != nil }
        if isOfBatch(extent), dims.count > 1 || !all {
            hold(known.compactMap(\.self), node)
            return nil
        }
        let isAlike = dims.count == 1 && all
        var rows: [ChannelField?] = []
        for (place, operand) in operands.enumerated() {
            if !present[place] {
                rows.append(nil)
            } else if let field = known[place] {
                rows.append(isAlike ? field : field.spread(0, extent: extent))
            } else {
                let own = row(operand.name, axis: axis - operand.missing, node)
                rows.append(ChannelField(axis: axis, own.elements, loud: own.loud))
            }
        }
        return united(rows, operands, rule)
    }

    /// Fields along several axes: those of the same are united one by one, those along one of them with all that stands there.
    private mutating func joined(
        _ operands: [ChannelOperand], _ axes: [Int], _ shape: Shape, _ rule: ZeroRule, _ node: Node
    ) -> ChannelField? {
        let touching = operands.map { $0.fields.filter { !Set($0.axes).isDisjoint(with: axes) } }
        let full = touching.map { $0.first { $0.axes == axes } }
        let partial = operands.indices.filter { full[$0] == nil }.map { place in
            (place: place, axes: axes.filter { operands[place].extent($0) == shape[$0] && shape[$0] > 1 })
        }
        let own = Set(partial.flatMap(\.axes))
        let dims = Set(full.compactMap { $0?.dims })
        guard dims.count == 1, own.count <= 1 else {
            hold(touching.flatMap(\.self), node)
            for part in partial where operands[part.place].isParameter {
                for axis in part.axes {
                    sets.hold(channels(operands[part.place].name, axis: axis - operands[part.place].missing, node), .node(node.name))
                }
            }
            return nil
        }
        guard let axis = own.first else { return united(full, operands, rule) }
        let settledOnes = full.map { field in field.map { settled($0, on: [axis]) } }
        let known = operands.enumerated().map { place, operand in
            let fields = settledOnes[place].map { [$0] } ?? touching[place]
            return ChannelOperand(operand, fields)
        }
        return joined(known, axis: axis, shape[axis], rule, node)
    }

    /// One field of those that meet, with what it makes of zeros.
    private mutating func united(_ rows: [ChannelField?], _ operands: [ChannelOperand], _ rule: ZeroRule) -> ChannelField? {
        let present = rows.compactMap(\.self)
        guard let first = present.first else { return nil }
        for other in present.dropFirst() { sets.unite(first.elements, other.elements) }
        let isMute = zip(rows, operands).map { row, operand in row != nil && !(operand.isParameter && !rule.masksParameters) }
        if present.allSatisfy(\.loud.isEmpty) {
            let field = ChannelField(dims: first.dims, elements: first.elements)
            return rule.givesZero(isMute) ? field : changed(field, keepsZero: false)
        }
        let loud = first.elements.indices.map { index -> Int in
            let zeros = rows.indices.map { isMute[$0] && (rows[$0]?.loudness(index) ?? 0) < 0 }
            return rule.givesZero(zeros) ? -1 : max(place, present.map { $0.loudness(index) }.max() ?? -1)
        }
        return ChannelField(dims: first.dims, elements: first.elements, loud: loud)
    }

    private func zeroRule(_ node: Node) -> ZeroRule {
        switch node.operation {
        case .binary(.add), .binary(.subtract), .variadic: .all
        case .binary(.multiply): .any
        case .binary(.divide): isParameter(node.inputs[1]) ? .first : .never
        case .binary(.leaky): .first
        case .binary(.power): network.parameters[node.inputs[1]]?.values.floats.allSatisfy { $0 > 0 } == true ? .first : .never
        case .select: .branches
        default: .never
        }
    }
}

extension ChannelOperand {
    /// The same with other fields.
    init(_ operand: ChannelOperand, _ fields: [ChannelField]) {
        (name, shape, isParameter, missing) = (operand.name, operand.shape, operand.isParameter, operand.missing)
        self.fields = fields
    }
}

extension ZeroRule {
    /// Whether the result is zero where these operands are.
    fileprivate func givesZero(_ zeros: [Bool]) -> Bool {
        switch self {
        case .all: zeros.allSatisfy(\.self)
        case .any: zeros.contains(true)
        case .first: zeros.first ?? false
        case .branches: zeros.dropFirst().allSatisfy(\.self)
        case .never: false
        }
    }

    /// Whether a parameter that is added or multiplied is zero where its channel is masked.
    fileprivate var masksParameters: Bool { self == .all || self == .any }
}
