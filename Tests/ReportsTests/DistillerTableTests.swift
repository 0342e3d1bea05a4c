import Networks
import Reports
import Tensors
import Testing

@Suite("Distiller's tables of zeros and multiply-accumulates")
struct DistillerTableTests {
    /// A network of weights alone; parameters by name, with their shapes and values.
    private func network(_ parameters: [(String, Shape, [Float])]) -> Network {
        var network = Network(weights: [:], name: "weights")
        for (name, shape, values) in parameters {
            network.parameters[name] = Parameter(name: name, role: .weight, values: Tensor(shape: shape, floats: values))
        }
        return network
    }

    @Test("A matrix: zero outputs are columns and 2D, zero inputs are rows")
    func matrix() throws {
        var values = [Float](repeating: 0.5, count: 12)
        for column in 0..<3 { values[2 * 3 + column] = 0 }
        for row in 0..<4 { values[row * 3 + 1] = -0.0 }
        let row = try #require(SparsityTable(network([("fc.weight", [4, 3], values)])).rows.first)
        #expect(row.kernels == 25 && row.columns == 25 && row.fine == 50)
        #expect(abs(row.rows - 100.0 / 3) < 1e-12 && row.filters == 0 && row.channels == 0)
        #expect(row.dense == 12 && row.sparse == 6 && row.mean == 0.25 && row.magnitude == 0.25)
        #expect(abs(row.deviation - (12 * 0.0625 / 11.0).squareRoot()) < 1e-12)
    }

    @Test("Filters, kernels and channels of four axes")
    func filters() throws {
        let table = SparsityTable(
            network([
                ("a.weight", [2, 2, 1, 1], [0, 0, 1, 2]), ("b.weight", [2, 3, 1, 2], [1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]),
                ("c.weight", [3, 2, 4], Array(repeating: 0, count: 24)), ("other", [2, 2], [0, 0, 0, 0]),
            ]))
        #expect(table.rows.map(\.name).contains("a.weight") && table.unlisted == 24)
        let (a, b) = (try #require(table.rows.first { $0.name == "a.weight" }), try #require(table.rows.first { $0.name == "b.weight" }))
        #expect(a.filters == 50 && a.kernels == 50 && a.channels == 0 && a.columns == 0 && a.rows == 0)
        #expect(b.filters == 0 && abs(b.kernels - 400.0 / 6) < 1e-9 && abs(b.channels - 200.0 / 3) < 1e-9)
    }

    @Test("The last row sums, and truncates in floating point as the original does")
    func total() throws {
        let values = (0..<100).map { Float($0 < 29 ? 0 : 1) }
        let table = SparsityTable(network([("a.weight", [10, 10], values), ("b.weight", [10, 10], values)]))
        #expect(table.rows.map(\.sparse) == [Int(0.71 * 100.0), Int(0.71 * 100.0)])
        #expect(table.total.name == "Total sparsity:" && table.total.dense == 200 && table.total.shape.tuple == "-")
        #expect(table.total.sparse == Int(100 * 0.71 + 100 * 0.71) && abs(table.total.fine - 29) < 1e-9)
        #expect(table.total.columns == 0 && table.total.deviation == 0)
    }

    @Test("Weights that are stored [in, out] are read as [out, in]")
    func transposed() throws {
        var network = try Architecture(name: "mlp-8").network(seed: 3)
        let plain = try #require(SparsityTable(network).rows.first)
        #expect(plain.shape.tuple == "(8, 784)")
        let layer = try #require(network.layers.first)
        let (place, weights) = (try #require(layer.node), try #require(network.parameters[layer.weight]).values)
        let floats = weights.floats
        var turned = [Float](repeating: 0, count: floats.count)
        for row in 0..<8 { for column in 0..<784 { turned[column * 8 + row] = row == 3 ? 0 : floats[row * 784 + column] } }
        network.parameters[layer.weight]?.values = Tensor(shape: [784, 8], floats: turned)
        network.nodes[place].operation = .gemm(Gemm())
        let row = try #require(SparsityTable(network).rows.first)
        #expect(row.shape.tuple == "(8, 784)" && row.columns == 12.5 && row.kernels == 12.5 && row.rows == 0)
    }

    @Test("lenet-5 has 2,293,000 MACs, and a dense layer counts once however many places it has")
    func products() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 1)
        let table = try MACsTable(network)
        #expect(table.sentence == "Total MACs: 2,293,000" && table.counted == 2_293_000)
        #expect(table.rows.map(\.products) == [288_000, 1_600_000, 400_000, 5_000])
        let first = try #require(table.rows.first)
        #expect(first.type == "Conv2d" && first.attributes == "k=(5, 5)" && first.weights == 500)
        #expect(first.input.tuple == "(1, 1, 28, 28)" && first.output.tuple == "(1, 20, 24, 24)")
        #expect(table.rows.last?.type == "Linear" && table.rows.last?.attributes == "" && table.rows.last?.output.tuple == "(1, 10)")
    }
}
