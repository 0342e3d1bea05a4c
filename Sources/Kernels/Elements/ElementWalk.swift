import CKernels
import Tensors

/// How an operand is gone through beside a result.
enum WalkedOperand {
    /// It lies as the result does.
    case alike
    /// Row-major, of a shape that is repeated to the result's.
    case rows(Shape)

    /// The elements between neighbours along each axis of the result's memory.
    fileprivate func steps(_ axes: [MemoryAxis], rank: Int) -> [Int] {
        switch self {
        case .alike: return Shape(axes.map(\.extent)).rowMajorStrides
        case .rows(let shape):
            let raised = shape.raised(to: rank)
            let strides = raised.rowMajorStrides
            return axes.map { raised[$0.axis] == 1 ? 0 : strides[$0.axis] * $0.factor }
        }
    }
}

extension pare_walk {
    /// The way through a result of `rank` axes whose memory has these; axes that go on in all operands alike become one. Nil where more than
    /// eight remain.
    init?(_ axes: [MemoryAxis], rank: Int, _ operands: [WalkedOperand]) {
        let steps = operands.map { $0.steps(axes, rank: rank) }
        var (extents, merged): ([Int], [[Int]]) = ([], [])
        for (place, axis) in axes.enumerated() where axis.extent != 1 {
            let own = steps.map { $0[place] }
            if let last = merged.last, zip(last, own).allSatisfy({ $0 == $1 * axis.extent }) {
                extents[extents.count - 1] *= axis.extent
                merged[merged.count - 1] = own
            } else {
                extents.append(axis.extent)
                merged.append(own)
            }
        }
        if extents.isEmpty { (extents, merged) = ([1], [operands.map { _ in 0 }]) }
        guard extents.count <= Int(PARE_WALK_RANK), operands.count <= 3 else { return nil }
        self.init()
        self.rank = Int32(extents.count)
        withUnsafeMutableBytes(of: &self.extents) { $0.copyBytes(from: extents.withUnsafeBytes(Array.init)) }
        withUnsafeMutableBytes(of: &self.steps) { bytes in
            let table = bytes.bindMemory(to: Int.self)
            for (axis, row) in merged.enumerated() {
                for (operand, step) in row.enumerated() { table[operand * Int(PARE_WALK_RANK) + axis] = step }
            }
        }
    }
}
