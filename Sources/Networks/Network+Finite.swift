import Tensors

/// A weight that is a NaN or an infinity.
public struct NotFinite: Hashable, Sendable {
    /// The parameter's name.
    public var parameter: String
    /// Where it lies, along each axis.
    public var place: [Int]
    public var value: Float
}

extension Network {
    /// The first weight of a layer that is no finite number, by the order of the layers; nil for none.
    ///
    /// Cost: one pass over the weights, about 0.2 s a gigabyte.
    public func firstNotFinite() -> NotFinite? {
        for layer in layers {
            guard let values = parameters[layer.weight]?.values, let (index, value) = values.firstNotFinite() else { continue }
            return NotFinite(parameter: layer.weight, place: values.shape.place(of: index), value: value)
        }
        return nil
    }
}

extension Tensor {
    /// The index and value of the first element that is a NaN or an infinity. Cost: O(n), in pieces that stay in the cache.
    fileprivate func firstNotFinite() -> (index: Int, value: Float)? {
        var found: (Int, Float)?
        forEachFloats(ofAtMost: 1 << 14) { range, floats in
            guard found == nil, !floats.allFinite, let place = floats.firstIndex(where: { !$0.isFinite }) else { return }
            found = (range.lowerBound + place, floats[place])
        }
        return found
    }
}

extension UnsafeBufferPointer<Float> {
    /// Without a branch for each number: an exponent of ones, and only that, carries into the sign.
    var allFinite: Bool {
        reduce(UInt32(0)) { $0 | (($1.bitPattern & 0x7F80_0000) &+ 0x0080_0000) } >> 31 == 0
    }
}

extension Shape {
    /// The row-major index along each axis.
    fileprivate func place(of index: Int) -> [Int] {
        var rest = index
        var place: [Int] = []
        for size in dimensions.reversed() {
            place.append(rest % size)
            rest /= size
        }
        return place.reversed()
    }
}
