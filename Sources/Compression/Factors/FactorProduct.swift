import CKernels
import Networks

/// The parts of factored weights where they lie, from right to left, in the layout of the graph's parameters, all groups one after another.
///
/// W is left · right; of ``FactorMethod/spatial`` W[t, s, i, j] = Σᵣ left[t, r, j] · right[r, s, i], and of ``FactorMethod/tucker``
/// W[t, s, x] = Σᵦ left[t, b] · Σₐ middle[b, a, x] · right[a, s].
struct FactorProduct {
    let factorization: Factorization
    let weights: WeightGeometry
    let parts: [UnsafeBufferPointer<Float>]

    /// Writes the weights; false when cancelled. Cost: O(rank · weights).
    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks = WeightBlocks { false }) -> Bool {
        for group in 0..<weights.groups {
            guard of(group).multiply(into: product.part(group, of: weights.groups), blocks: blocks) else { return false }
        }
        return true
    }

    /// Writes ∂loss/∂part of each part from the gradient of the weights.
    func backward(_ gradient: UnsafeMutableBufferPointer<Float>, into gradients: [UnsafeMutableBufferPointer<Float>]) {
        for group in 0..<weights.groups {
            of(group).backward(gradient.part(group, of: weights.groups), into: gradients.map { $0.part(group, of: weights.groups) })
        }
    }

    private func of(_ group: Int) -> FactorGroup {
        FactorGroup(factorization: factorization, weights: weights, parts: parts.map { $0.part(group, of: weights.groups) })
    }
}

extension WeightGeometry {
    /// A group's weights as a matrix [outputs, inputs · window].
    var matrix: (rows: Int, columns: Int) { (outputs, inputs * window) }
}

/// The same of one group.
private struct FactorGroup {
    let factorization: Factorization
    let weights: WeightGeometry
    let parts: [UnsafeBufferPointer<Float>]

    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks) -> Bool {
        switch factorization.method {
        case .channel: return outer(right: parts[0]).multiply(into: product, blocks: blocks)
        case .spatial: return window.multiply(into: product, blocks: blocks)
        case .tucker:
            let kernel = FloatMemory(repeatElement(0, count: factorization.last * weights.matrix.columns))
            defer { withExtendedLifetime(kernel) {} }
            return window.multiply(into: kernel.floats, blocks: blocks)
                && outer(right: UnsafeBufferPointer(kernel.floats)).multiply(into: product, blocks: blocks)
        }
    }

    func backward(_ gradient: UnsafeMutableBufferPointer<Float>, into gradients: [UnsafeMutableBufferPointer<Float>]) {
        switch factorization.method {
        case .channel: outer(right: parts[0]).backward(gradient, left: gradients[1], right: gradients[0])
        case .spatial: window.backward(gradient, windows: gradients[1], right: gradients[0])
        case .tucker:
            let count = factorization.last * weights.matrix.columns
            let (kernel, slope) = (FloatMemory(repeatElement(0, count: count)), FloatMemory(repeatElement(0, count: count)))
            defer { withExtendedLifetime((kernel, slope)) {} }
            _ = window.multiply(into: kernel.floats)
            outer(right: UnsafeBufferPointer(kernel.floats)).backward(gradient, left: gradients[2], right: slope.floats)
            window.backward(slope.floats, windows: gradients[1], right: gradients[0])
        }
    }

    /// The left part with what it is multiplied by.
    private func outer(right: UnsafeBufferPointer<Float>) -> FactorPair {
        FactorPair(rows: weights.outputs, columns: weights.matrix.columns, left: parts[parts.count - 1], right: right)
    }

    /// The part with a window, or with its second half, on the one before it.
    private var window: WindowPair {
        let isSpatial = factorization.method == .spatial
        return WindowPair(
            filters: isSpatial ? weights.outputs : factorization.last, rank: factorization.first,
            places: isSpatial ? weights.width : weights.window, columns: weights.inputs * (isSpatial ? weights.height : 1),
            windows: parts[1], right: parts[0])
    }
}

/// Windows [filters, rank, places] on a matrix [rank, columns]: product[f, c, p] = Σᵣ windows[f, r, p] · right[r, c].
private struct WindowPair {
    let filters: Int
    let rank: Int
    let places: Int
    let columns: Int
    let windows: UnsafeBufferPointer<Float>
    let right: UnsafeBufferPointer<Float>

    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks = WeightBlocks { false }) -> Bool {
        let (left, rows) = (FloatMemory(windows), FloatMemory(product))
        defer { withExtendedLifetime((left, rows)) {} }
        windows.turn(blocks: filters, rows: rank, columns: places, into: left.floats)
        guard pair(left.floats).multiply(into: rows.floats, blocks: blocks) else { return false }
        UnsafeBufferPointer(rows.floats).turn(blocks: filters, rows: places, columns: columns, into: product)
        return true
    }

    func backward(
        _ gradient: UnsafeMutableBufferPointer<Float>, windows ofWindows: UnsafeMutableBufferPointer<Float>,
        right ofRight: UnsafeMutableBufferPointer<Float>
    ) {
        let (left, rows, slope) = (FloatMemory(windows), FloatMemory(gradient), FloatMemory(windows))
        defer { withExtendedLifetime((left, rows, slope)) {} }
        windows.turn(blocks: filters, rows: rank, columns: places, into: left.floats)
        UnsafeBufferPointer(gradient).turn(blocks: filters, rows: columns, columns: places, into: rows.floats)
        pair(left.floats).backward(rows.floats, left: slope.floats, right: ofRight)
        UnsafeBufferPointer(slope.floats).turn(blocks: filters, rows: places, columns: rank, into: ofWindows)
    }

    /// Places of all filters as rows.
    private func pair(_ left: UnsafeMutableBufferPointer<Float>) -> FactorPair {
        FactorPair(rows: filters * places, columns: columns, left: UnsafeBufferPointer(left), right: right)
    }
}

extension UnsafeBufferPointer<Float> {
    /// The `place`-th of so many equal pieces.
    func part(_ place: Int, of count: Int) -> Self {
        let size = self.count / Swift.max(1, count)
        return Self(rebasing: self[place * size..<(place + 1) * size])
    }

    /// Writes matrices [rows, columns], one after another, with rows and columns interchanged.
    func turn(blocks: Int, rows: Int, columns: Int, into target: UnsafeMutableBufferPointer<Float>) {
        pare_turn(baseAddress, blocks, rows, columns, target.baseAddress)
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// The `place`-th of so many equal pieces.
    func part(_ place: Int, of count: Int) -> Self {
        let size = self.count / Swift.max(1, count)
        return Self(rebasing: self[place * size..<(place + 1) * size])
    }
}
