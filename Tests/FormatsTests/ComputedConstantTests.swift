import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// What exporters compute from constants and from the number of examples.
struct ComputedConstantTests {
    private func read(_ bytes: [UInt8]) throws -> Network {
        try Fixture.withFile(bytes, name: "net.onnx") { try NetworkReader.read($0, card: nil) }
    }

    /// Rows and single numbers of a constant, from the end too, as a mask is written by exporters.
    @Test func scattersConstants() throws {
        let nodes = [
            Onnx.node("ScatterND", ["d", "rows", "u"], "a"), Onnx.node("Reshape", ["pairs", "two"], "p"),
            Onnx.node("ScatterND", ["a", "p", "v"], "m"), Onnx.node("Add", ["x", "m"], "y"),
        ]
        let values = [
            Onnx.floats("d", [3, 2]) { _ in 1 }, Onnx.tensor("rows", [2, 1], type: 7, raw: [2, 0].flatMap { [$0, 0, 0, 0, 0, 0, 0, 0] }),
            Onnx.floats("u", [2, 2]) { 10 + Float($0) }, Onnx.longs("pairs", [0, -1, 1, 0]), Onnx.longs("two", [2, 2]),
            Onnx.floats("v", [2]) { 20 + Float($0) },
        ]
        let network = try read(Onnx.model(Onnx.graph(nodes, values, input: [nil, 3, 2])))
        #expect(network.unsupportedNodes.isEmpty && network.nodes.map(\.operation.name) == ["Add"])
        #expect(network.parameters["m"]?.values.floats == [12, 20, 21, 1, 10, 11])
        for wrong in [[0, 2, 1, 0], [0, 1, -4, 0]] {
            let broken = values.map { $0.bytes == Onnx.longs("pairs", [0, -1, 1, 0]).bytes ? Onnx.longs("pairs", wrong) : $0 }
            #expect(throws: FormatError.self) { try read(Onnx.model(Onnx.graph(nodes, broken, input: [nil, 3, 2]))) }
        }
    }

    /// Places of a flat view that are computed from the number of examples, as the newer exporter writes `as_strided`.
    @Test(arguments: [[0, 1, 2, 3, 4, 5], [5, 3, 1], [0, 6]])
    func viewsWholeBatches(places: [Int]) throws {
        let nodes = [
            Onnx.node("Shape", ["x"], "s"), Onnx.node("Gather", ["s", "first"], "n"), Onnx.node("Squeeze", ["n"], "count"),
            Onnx.node("Range", ["zero", "count", "one"], "r"), Onnx.node("Mul", ["r", "six"], "starts"),
            Onnx.node("Unsqueeze", ["starts", "axes"], "columns"), Onnx.node("Add", ["columns", "places"], "all"),
            Onnx.node("Reshape", ["x", "flat"], "v"), Onnx.node("Gather", ["v", "all"], "y", [Onnx.int("axis", 0)]),
        ]
        let number = { (name: String, value: Int) in
            Onnx.tensor(name, [], type: 7, raw: (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
        }
        let values = [
            Onnx.longs("first", [0]), number("zero", 0), number("one", 1), number("six", 6), Onnx.longs("axes", [1]),
            Onnx.longs("places", places), Onnx.longs("flat", [-1]),
        ]
        let network = try read(Onnx.model(Onnx.graph(nodes, values, input: [nil, 2, 3])))
        guard !places.contains(6) else {
            // A place of the next example.
            #expect(!network.unsupportedNodes.isEmpty)
            return
        }
        #expect(network.unsupportedNodes.isEmpty)
        let last = network.nodes.map(\.operation).suffix(places.count == 6 ? 1 : 2)
        #expect(last.last == .reshape(dimensions: [-1, places.count], allowZero: false))
        if places.count < 6 { #expect(last.first == .gather(Gather(axis: 1, indices: places, shape: [places.count]))) }
    }
}
