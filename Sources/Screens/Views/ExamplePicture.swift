import Frames
import Networks
import Tensors

/// An example as grey values 0…1: the mean of its channels.
enum ExamplePicture {
    /// Bytes are shown as v / 255; other numbers are stretched from their smallest to their largest. Nil where it is no picture [C, H, W].
    static func chart(_ dataset: Dataset, example: Int) -> MapChart? {
        let shape = dataset.exampleShape
        guard shape.rank == 3, shape.count > 0, example >= 0, example < dataset.count, let pixels = try? dataset.pixels(of: example) else {
            return nil
        }
        let area = shape[1] * shape[2]
        let values = pixels.withFloats { floats in
            (0..<area).map { pixel in
                (0..<shape[0]).reduce(Float(0)) { $0 + floats[$1 * area + pixel] } / Float(shape[0])
            }
        }
        let isBytes = dataset.inputs.elementType == .uint8
        return MapChart(columns: shape[2], rows: shape[1], values: isBytes ? values.map { $0 / 255 } : stretched(values), role: .text)
    }

    private static func stretched(_ values: [Float]) -> [Float] {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max(), high > low else { return values.map { _ in 0 } }
        return values.map { $0.isFinite ? ($0 - low) / (high - low) : 0 }
    }
}
