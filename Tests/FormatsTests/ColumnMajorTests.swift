import Formats
import Tensors
import TestSupport
import Testing

/// Arrays whose first index runs fastest, as numpy.asfortranarray and transposes are saved.
@Suite("Column-major arrays")
struct ColumnMajorTests {
    @Test(
        "Each value comes to its place, for every size of element", arguments: [[2, 3], [4], [1, 5], [3, 1, 4], [2, 3, 4, 2], [0, 3]])
    func places(shape: [Int]) throws {
        let count = shape.reduce(1, *)
        for (descr, size) in [("|u1", 1), ("<i2", 2), ("<i4", 4), ("<i8", 8)] {
            // The value at [i, j, …] is its row-major place; written in the order of the last index first.
            var stored: [UInt8] = []
            for place in 0..<count {
                var (rest, value) = (place, 0)
                var step = count
                for extent in shape {
                    step /= extent
                    value += rest % extent * step
                    rest /= extent
                }
                stored += WeightsFiles.number(value).prefix(size)
            }
            let list = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
            let bytes = WeightsFiles.npy(list, descr, data: stored)
            let text = String(decoding: bytes.prefix(128), as: UTF8.self)
            let place = try #require(text.range(of: "False").map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) })
            var turned = bytes
            // 0x93 is no UTF-8: it stands for three bytes of the text.
            turned.replaceSubrange(place - 2..<place + 3, with: Array("True ".utf8))
            try Fixture.withFile(turned) { path in
                let tensor = try NPY.read(path)
                #expect(tensor.shape == Shape(shape) && tensor.numbers == (0..<count).map(Double.init))
            }
        }
    }
}
