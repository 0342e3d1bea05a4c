import Networks
import Tensors

/// Class indices from an array of any type.
enum ClassLabels {
    /// The values of [N] or [N, 1] as indices. Throws for one that is no whole number from 0 to 65,535, with its place.
    ///
    /// `offset` is where the first label stands in the file, for messages.
    static func indices(_ tensor: Tensor, file: String, offset: Int?, reading: String = "label") throws(FormatError) -> [Int32] {
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
                expected: "a class from 0 to 65,535", actual: tensor.elementType.isFraction ? "\(values[index])" : "\(Int(values[index]))")
        }
        return values.map { Int32($0) }
    }
}
