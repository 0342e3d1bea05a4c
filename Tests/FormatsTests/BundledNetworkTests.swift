import Formats
import Foundation
import Networks
import Tensors
import Testing

/// The two networks of `Models/`, as PyTorch's exporter wrote them.
struct BundledNetworkTests {
    @Test(arguments: [("lenet-5", 431_080), ("lenet-300-100", 266_610)])
    func countsTheParametersOfTheLiterature(name: String, parameters: Int) throws {
        let network = try NetworkReader.read(Fixture.model(name))
        #expect(network.name == name)
        #expect(network.parameterCount == parameters)
        #expect(network.denseByteCount == 4 * parameters)
        #expect(network.unsupportedNodes.isEmpty)
        #expect(network.inputShape == [1, 28, 28])
        #expect(network.classCount == 10)
    }

    @Test func readsTheGraphOfLeNet5() throws {
        let network = try NetworkReader.read(Fixture.model("lenet-5"))
        #expect(network.nodes.map(\.operation.name) == ["Conv", "MaxPool", "Conv", "MaxPool", "Reshape", "Gemm", "Relu", "Gemm"])
        #expect(
            Array(network.parameters.keys) == [
                "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
            ])
        #expect(network.layers.map(\.name) == ["conv1", "conv2", "fc1", "fc2"])
        #expect(network.layers.map(\.shape) == [[20, 1, 5, 5], [50, 20, 5, 5], [500, 800], [10, 500]])
        #expect(network.layers.allSatisfy { network.parameters[$0.weight]?.role == .weight })
        #expect(network.layers.compactMap(\.bias).allSatisfy { network.parameters[$0]?.role == .bias })
        #expect(network.nodes[0].operation == .convolution(Convolution(kernel: [5, 5])))
        #expect(network.nodes[1].operation == .maxPool(Pooling(kernel: [2, 2], strides: [2, 2])))
        #expect(network.nodes[4].inputs.count == 1)
    }

    @Test func infersShapesForAnyBatch() throws {
        let network = try NetworkReader.read(Fixture.model("lenet-5"))
        for batch in [1, 7, 250] {
            let shapes = try network.shapes(batch: batch)
            #expect(
                network.nodes.compactMap { shapes[$0.outputs[0]] }.map(\.dimensions) == [
                    [batch, 20, 24, 24], [batch, 20, 12, 12], [batch, 50, 8, 8], [batch, 50, 4, 4], [batch, 800], [batch, 500],
                    [batch, 500], [batch, 10],
                ])
        }
    }

    @Test(arguments: ["lenet-5", "lenet-300-100"])
    func agreesWithItsCard(name: String) throws {
        let card = try #require(try ModelCardReader.card(besides: Fixture.model(name)))
        let network = try NetworkReader.read(Fixture.model(name), card: card)
        #expect(ModelCard.warnings(card: card, network: network).isEmpty)
        #expect(network.source?.sha256 == card.sha256)
        #expect(try NetworkReader.readQuickly(Fixture.model(name)).source?.sha256 == "")
        #expect(try NetworkReader.sha256(of: Fixture.model(name)) == card.sha256)
    }

    @Test func warnsOfAForeignCardButReadsOn() throws {
        var card = try #require(try ModelCardReader.card(besides: Fixture.model("lenet-5")))
        let network = try NetworkReader.read(Fixture.model("lenet-300-100"), card: card)
        #expect(ModelCard.warnings(card: card, network: network).count == 2)
        card.sha256 = nil
        card.parameters = nil
        #expect(ModelCard.warnings(card: card, network: network).isEmpty)
        #expect(ModelCard.warnings(card: nil, network: network) == [.noCard])
    }
}
