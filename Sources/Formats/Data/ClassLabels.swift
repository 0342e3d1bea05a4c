import Networks
import Tensors

/// Class indices from an array of any type.
enum ClassLabels {
    /// The values of [N] or [N, 1] as indices, of one-hot rows [N, classes] the places of the ones. Throws for one that is no whole number from 0 to 65,535, with its place.
    ///
    /// `offset` is where the first label stands in the file, for messages.
    static func indices(_ tensor: Tensor, file: String, offset: Int?, reading: String = "label") throws(FormatError) -> [Int32] {
        if let places = onePlaces(tensor) { return places }
        guard tensor.shape.rank >= 1, tensor.shape.rowCount == 1 else {
            throw FormatError(
                .mismatch, file: file, reading: "labels", expected: "one class index an example, [\(tensor.shape.dimensions.first ?? 0)]",
                actual: "[\(tensor.shape)]", cure: "Write class indices; of one-hot rows their argmax.")
        }
        let values = tensor.floats
        let largest = Float(1 << 16)
        if let index = values.firstIndex(where: { !($0 >= 0 && $0 < largest && $0 == $0.rounded()) }) {
            throw FormatError(
                .malformed, file: file, offset: offset.map { $0 + index * tensor.elementType.byteCount },
                reading: "\(reading) \(index + 1)",
                expected: "a class from 0 to 65,535", actual: tensor.elementType.isFraction ? "\(values[index])" : "\(Int(values[index]))",
                cure: values[index] < 0 ? "Leave examples without a class out." : nil)
        }
        return values.map { Int32($0) }
    }

    /// Whether an array holds a class for each example, as an index or as a one-hot row: else it holds classes of positions, several labels, or values.
    ///
    /// What is one number an example is a class wherever the network gives a list of classes. Throws for values that are not finite, with the place.
    static func isOfClasses(_ tensor: Tensor, classCount: Int?, file: String, reading: String) throws(FormatError) -> Bool {
        if onePlaces(tensor) != nil { return true }
        let isColumn = tensor.shape.rank >= 1 && tensor.shape.rowCount == 1
        if isColumn, classCount ?? 0 > 1 || tensor.floats.allSatisfy({ $0 >= 0 && $0 < Float(1 << 16) && $0 == $0.rounded() }) {
            return true
        }
        guard let place = tensor.floats.firstIndex(where: { !$0.isFinite }) else { return false }
        throw FormatError(
            .malformed, file: file, reading: "\(reading), value \(place + 1)", expected: "finite numbers", actual: "\(tensor.floats[place])"
        )
    }

    /// Whether each row [N, classes] has zeros and one 1. Cost: O(values).
    static func areOneHot(_ tensor: Tensor) -> Bool { onePlaces(tensor) != nil }

    /// Where the 1 stands in each row [N, classes] of zeros with one 1; nil for other arrays. Cost: O(values).
    private static func onePlaces(_ tensor: Tensor) -> [Int32]? {
        guard tensor.shape.rank == 2, tensor.shape[1] > 1 else { return nil }
        let (values, width) = (tensor.floats, tensor.shape[1])
        var places: [Int32] = []
        places.reserveCapacity(tensor.shape[0])
        for start in stride(from: 0, to: values.count, by: width) {
            let row = values[start..<start + width]
            guard let place = row.firstIndex(of: 1), row.allSatisfy({ $0 == 0 || $0 == 1 }), row.count(where: { $0 == 1 }) == 1 else {
                return nil
            }
            places.append(Int32(place - start))
        }
        return places
    }
}
