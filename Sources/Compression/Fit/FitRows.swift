import Tensors

/// The rows of a layer's weights while they are fitted: which weights may be other than 0, and what these should be. Owned by one thread.
final class FitRows {
    let layout: ChannelLayout
    let moments: InputMoments
    /// By group; nil where its inputs say nothing, and each weight is rounded alone.
    let damped: [DampedMoments?]
    /// The original weights, row by row [rows, d].
    let original: [Float]
    /// Columns that may be other than 0 in each row, in the order of rounding.
    private(set) var places: [[Int32]] = []
    /// What the weights of ``places`` should be: the least squares of the mask.
    private(set) var targets: [[Double]] = []
    private var whole: [Int: RowSystem] = [:]
    private let isCancelled: () -> Bool

    /// Nil when cancelled.
    init?(_ moments: InputMoments, _ layout: ChannelLayout, original: Tensor, isCancelled: @escaping () -> Bool) {
        (self.moments, self.layout, self.isCancelled) = (moments, layout, isCancelled)
        var damped: [DampedMoments?] = []
        for group in 0..<moments.groups {
            guard !isCancelled() else { return nil }
            damped.append(DampedMoments(moments.matrix(of: group), size: moments.size, isCancelled: isCancelled))
        }
        self.damped = damped
        self.original = original.withFloats { layout.rows(of: $0) }
    }

    var size: Int { layout.length }
    var rows: Range<Int> { 0..<layout.channels }

    func group(of row: Int) -> Int { row / max(1, layout.channels / moments.groups) }

    /// Weights of a row as they came.
    func weights(_ row: Int) -> [Double] { original[row * size..<(row + 1) * size].map(Double.init) }

    /// Finds the targets of these masks, of which what is not 0 may be other than 0; false when cancelled.
    ///
    /// Cost: |S|³ / 3 a row with a mask; rows without share one factor.
    func solve(_ kept: UnsafeMutableBufferPointer<Float>) -> Bool {
        for row in rows {
            guard !isCancelled() else { return false }
            let (group, own) = (group(of: row), weights(row))
            let order = damped[group]?.order ?? (0..<Int32(size)).map { $0 }
            let support = order.filter { kept[layout.place(row, Int($0))] != 0 }
            places.append(support)
            let plain = support.map { own[Int($0)] }
            guard let damped = damped[group], support.count < size || moments.cross != nil else {
                targets.append(plain)
                continue
            }
            let cross = moments.cross.map { Array($0[group * size * size..<(group + 1) * size * size]) }
            targets.append(system(row)?.solution(of: damped.side(of: own, cross: cross)) ?? plain)
        }
        return true
    }

    /// H of a row's support; nil where its inputs say nothing.
    func system(_ row: Int, isFactored: Bool = true) -> RowSystem? {
        let group = group(of: row)
        guard let damped = damped[group] else { return nil }
        let make = { RowSystem(damped.matrix, size: self.size, places: self.places[row], isFactored: $0, isCancelled: self.isCancelled) }
        guard places[row].count == size else { return make(isFactored) }
        if let known = whole[group] { return known }
        // All groups at once would be as large as their moments three times over.
        if whole.count > 8 { whole = [:] }
        let made = make(true)
        whole[group] = made
        return made
    }

    /// Writes the targets where the weights lie; what is held at 0 stays so.
    func write(into values: UnsafeMutableBufferPointer<Float>) {
        for row in rows {
            for (place, target) in zip(places[row], targets[row]) {
                let value = Float(target)
                // 0 would be taken for a weight that does not survive.
                values[layout.place(row, Int(place))] = value == 0 ? Float.leastNormalMagnitude : value
            }
        }
    }
}

extension ChannelLayout {
    /// Where a row's weight lies.
    func place(_ row: Int, _ column: Int) -> Int { isTransposed ? column * channels + row : row * length + column }

    /// Weights as rows of output channels, [channels, length].
    func rows(of weights: UnsafeBufferPointer<Float>) -> [Float] {
        guard isTransposed else { return Array(weights) }
        return [Float](unsafeUninitializedCapacity: weights.count) { rows, count in
            for row in 0..<channels { for column in 0..<length { rows[row * length + column] = weights[column * channels + row] } }
            count = weights.count
        }
    }
}
