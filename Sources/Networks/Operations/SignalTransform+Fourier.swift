import Foundation
import Tensors

/// e^(−2πi j / n) for all j of a length n.
private struct Roots {
    let cosines: [Double]
    let sines: [Double]

    init(_ length: Int, isInverse: Bool = false) {
        let angles = (0..<length).map { (isInverse ? 2 : -2) * Double.pi * Double($0) / Double(length) }
        (cosines, sines) = (angles.map { cos($0) }, angles.map { sin($0) })
    }

    /// Σ x[t] e^(−2πi bin · t / n).
    func bin(_ bin: Int, _ count: Int, _ value: (Int) -> (real: Double, imaginary: Double)) -> (real: Double, imaginary: Double) {
        var (sum, place) = ((real: 0.0, imaginary: 0.0), 0)
        for index in 0..<count {
            let x = value(index)
            sum.real += x.real * cosines[place] - x.imaginary * sines[place]
            sum.imaginary += x.real * sines[place] + x.imaginary * cosines[place]
            place = (place + bin) % cosines.count
        }
        return sum
    }
}

extension Fourier {
    func made(_ x: PlacedTensor, to shape: Shape) -> [Double] {
        let extent = x.shape[axis]
        let (length, parts) = (length ?? extent, x.shape.dimensions.last ?? 1)
        let inner = x.shape.dimensions[(axis + 1)...].dropLast().reduce(1, *)
        let (outer, bins) = (x.shape.dimensions[..<axis].reduce(1, *), shape[axis])
        let roots = Roots(length, isInverse: isInverse)
        let factor = isInverse ? 1 / Double(length) : 1
        var result = [Double](repeating: 0, count: shape.count)
        for row in 0..<outer * inner {
            let start = row / inner * extent * inner + row % inner
            for bin in 0..<bins {
                let sum = roots.bin(bin, min(length, extent)) { index in
                    let place = (start + index * inner) * parts
                    return (x.values[place], parts > 1 ? x.values[place + 1] : 0)
                }
                let target = 2 * (row / inner * bins * inner + bin * inner + row % inner)
                (result[target], result[target + 1]) = (factor * sum.real, factor * sum.imaginary)
            }
        }
        return result
    }
}

extension ShortTimeFourier {
    func made(_ x: PlacedTensor, to shape: Shape) -> [Double] {
        let (examples, frames, bins) = (shape[0], shape[1], shape[2])
        let count = x.values.count / max(1, examples)
        let factors = window.map { $0.map(Double.init) } ?? [Double](repeating: 1, count: length)
        let roots = Roots(length)
        var result: [Double] = []
        result.reserveCapacity(shape.count)
        for frame in 0..<examples * frames {
            let start = frame / frames * count + frame % frames * step
            let values = (0..<length).map { x.values[start + $0] * factors[$0] }
            for bin in 0..<bins {
                let sum = roots.bin(bin, length) { (values[$0], 0) }
                result += [sum.real, sum.imaginary]
            }
        }
        return result
    }
}
