import Foundation

extension UniformGrid {
    /// The grid with the least squared error over the survivors.
    ///
    /// The scale is scanned in even ratios from that of max |w| down to 1/256 of it, then refined by golden section (Kiefer 1953)
    /// around the lowest points. Asymmetric: over every zero point for 2 and 3 bits, else from the zero point of the best clip
    /// to neighbours while they are better. Cost: about 200 evaluations for each zero point tried.
    public static func best(bits: Int, isSymmetric: Bool, survivors: Survivors) -> UniformGrid {
        guard let largest = survivors.largestMagnitude.map(Double.init), let low = survivors.minimum, let high = survivors.maximum
        else { return UniformGrid(bits: bits, isSymmetric: isSymmetric, scale: 1) }
        let range = min(0, Double(low))...max(0, Double(high))
        let search = GridSearch(survivors: survivors) { clip in
            UniformGrid(bits: bits, isSymmetric: isSymmetric, clip: clip, range: range)
        }
        let byClip = search.best(from: largest)
        guard !isSymmetric else { return byClip.grid }
        let widest = (range.upperBound - range.lowerBound) / Double((1 << bits) - 1)
        return bits <= 3
            ? everyZeroPoint(bits, survivors, widest: widest, byClip) : climbing(survivors, from: byClip)
    }

    /// The clip of 2^bits levels from 0 to it, at most the largest survivor, with the least squared error over survivors above 0.
    ///
    /// bits: 1…8. Searched as ``best(bits:isSymmetric:survivors:)`` does; 0 where nothing survives.
    public static func bestClip(bits: Int, of survivors: Survivors) -> Double {
        guard let largest = survivors.maximum.map(Double.init), largest > 0 else { return 0 }
        let search = GridSearch(survivors: survivors) { clip in
            UniformGrid(bits: bits, isSymmetric: false, clip: min(clip, largest), range: 0...largest)
        }
        return search.best(from: largest).grid.clip
    }

    private static func everyZeroPoint(
        _ bits: Int, _ survivors: Survivors, widest: Double, _ start: GridSearch.Found
    ) -> UniformGrid {
        let found = (0..<1 << bits).map { zeroPoint in
            GridSearch(survivors: survivors) { scale in
                UniformGrid(bits: bits, isSymmetric: false, scale: Float(scale), zeroPoint: zeroPoint)
            }.best(from: 2 * widest)
        }
        return found.reduce(start) { $1.error < $0.error ? $1 : $0 }.grid
    }

    private static func climbing(_ survivors: Survivors, from start: GridSearch.Found) -> UniformGrid {
        var best = refined(survivors, start.grid, zeroPoint: start.grid.zeroPoint)
        if start.error < best.error { best = start }
        for direction in [-1, 1] {
            while best.grid.codes.contains(best.grid.zeroPoint + direction) {
                let next = refined(survivors, best.grid, zeroPoint: best.grid.zeroPoint + direction)
                guard next.error < best.error else { break }
                best = next
            }
        }
        return best.grid
    }

    private static func refined(_ survivors: Survivors, _ grid: UniformGrid, zeroPoint: Int) -> GridSearch.Found {
        GridSearch(survivors: survivors) { scale in
            UniformGrid(bits: grid.bits, isSymmetric: false, scale: Float(scale), zeroPoint: zeroPoint)
        }.golden(between: Double(grid.scale) / 1.25, and: Double(grid.scale) * 1.25)
    }
}

/// The least squared error over one parameter of a grid, a clip or a scale.
struct GridSearch {
    typealias Found = (grid: UniformGrid, error: Double)

    let survivors: Survivors
    let grid: (Double) -> UniformGrid

    private func found(_ parameter: Double) -> Found {
        let grid = grid(parameter)
        return (grid, grid.squaredError(survivors))
    }

    /// Scans downwards from `largest`, and refines around the three lowest points. Few weights make a jagged error: more points.
    func best(from largest: Double) -> Found {
        let points = survivors.count <= 1_024 ? 512 : 96
        let ratio = pow(2, -8 / Double(points))
        let parameters = (0...points).map { largest * pow(ratio, Double($0)) }
        let scanned = parameters.map(found)
        let lowest = scanned.indices.sorted { (scanned[$0].error, $0) < (scanned[$1].error, $1) }.prefix(3)
        return lowest.reduce(scanned[lowest[0]]) { best, index in
            let refined = golden(between: parameters[index] * ratio, and: parameters[index] / ratio)
            return refined.error < best.error ? refined : best
        }
    }

    /// Golden section: 0.618^16 of the bracket, about 0.05 %.
    func golden(between low: Double, and high: Double) -> Found {
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (low, high)
        var left = high - golden * (high - low)
        var right = low + golden * (high - low)
        var (atLeft, atRight) = (found(left), found(right))
        for _ in 0..<16 {
            if atLeft.error <= atRight.error {
                (high, right, atRight) = (right, left, atLeft)
                left = high - golden * (high - low)
                atLeft = found(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + golden * (high - low)
                atRight = found(right)
            }
        }
        return atLeft.error <= atRight.error ? atLeft : atRight
    }
}
