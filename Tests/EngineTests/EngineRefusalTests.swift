import Compression
import Engine
import Networks
import Tensors
import Testing

/// What can't be computed is said once, with facts, and the rest goes on.
@Suite("What the engine refuses", .serialized, .enabled(if: Bundled.hasData, "the data set is not installed"))
struct EngineRefusalTests {
    private struct Missing: Error, CustomStringConvertible { var description: String { "no folder, no files" } }

    private func outcome(_ network: Network, _ data: DataSource, _ plan: CompressionPlan = CompressionPlan()) -> Outcome {
        EngineRun(network, data).settle(plan, generation: 1)
    }

    @Test("NaN and infinite weights are named with their index; the other layers are made", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(value: Float) throws {
        var network = try Bundled.network("lenet-300-100")
        let (name, shape) = (network.layers[1].weight, network.layers[1].shape)
        var floats = try #require(network.parameters[name]).values.floats
        floats[1_234] = value
        network.parameters[name]?.values = Tensor(shape: shape, floats: floats)
        let outcome = outcome(network, .none)
        #expect(outcome.failures.contains(.notFinite(parameter: name, index: 1_234)))
        #expect(outcome.layers.count == network.layers.count - 1)
        #expect(outcome.failures.first?.isFatal == true)
    }

    @Test("Without data there is everything but accuracy")
    func noData() throws {
        let network = try Bundled.network("lenet-5")
        let outcome = outcome(network, .none)
        #expect(outcome.failures == [.noData] && outcome.accuracy == nil)
        #expect(outcome.layers.count == 4 && outcome.bytes?.original == 1_724_320)
    }

    @Test("Examples of another shape, labels beyond the classes, a folder that is not there")
    func otherData() throws {
        let network = try Bundled.network("lenet-5")
        let inputs = Tensor(shape: [4, 3, 32, 32], elementType: .uint8, storage: TensorStorage(byteCount: 4 * 3_072) { _ in })
        let images = Dataset(name: "other", split: .validation, inputs: inputs, labels: [0, 1, 2, 3], classNames: [])
        #expect(outcome(network, .ready(images)).failures == [.inputShape(network: "1×28×28", data: "3×32×32")])
        var data = try Bundled.validation(first: 10)
        data.labels[7] = 11
        #expect(outcome(network, .ready(data)).failures == [.classCount(network: 10, data: 12)])
        #expect(outcome(network, .load { throw Missing() }).failures == [.data("no folder, no files")])
    }

    @Test("A node that can't be run is named with its operation; weights are still compressed")
    func unsupported() throws {
        var network = try Bundled.network("lenet-5")
        let place = network.nodes.count - 2
        network.nodes[place].operation = .unsupported(UnsupportedOperator(name: "Einsum", reason: "not among the operators"))
        let outcome = outcome(network, .ready(try Bundled.validation(first: 10)))
        let expected = EngineFailure.cannotRun(
            node: network.nodes[place].name, operation: "Einsum", reason: "not among the operators")
        #expect(outcome.failures == [expected] && outcome.accuracy == nil && !outcome.layers.isEmpty)
    }

    @Test("A plan whose name matches nothing fails as a value, and the next plan is computed")
    func plans() throws {
        let network = try Bundled.network("lenet-300-100")
        let run = EngineRun(network, .ready(try Bundled.validation(first: 50)))
        let wrong = CompressionPlan(layers: [.init(pattern: "fc9.weight", plan: .unchanged)])
        let failed = run.settle(wrong, generation: 1)
        guard case .plan(let text)? = failed.failures.first else {
            Issue.record("\(failed.failures)")
            return
        }
        #expect(text.contains("fc9.weight") && failed.accuracy == nil)
        #expect(run.settle(CompressionPlan(), generation: 2).accuracy?.isExact == true)
    }

    @Test("A data set of one example, and one that does not fill a batch", arguments: [1, 3, 251])
    func fewExamples(count: Int) throws {
        let network = try Bundled.network("lenet-5")
        let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 2))))])
        let report = outcome(network, .ready(try Bundled.validation(first: count)), plan).accuracy
        #expect(report?.isExact == true && report?.evaluated == count)
        #expect(report?.confusion.total == count)
    }

    @Test("Examples of the right size in another shape are measured")
    func flatExamples() throws {
        var data = try Bundled.validation(first: 300)
        let network = try Bundled.network("lenet-5")
        let expected = outcome(network, .ready(data))
        data.inputs = data.inputs.reshaped([300, 784])
        #expect(outcome(network, .ready(data)) == expected)
    }
}
