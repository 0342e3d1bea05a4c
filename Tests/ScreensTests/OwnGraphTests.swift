import Compression
import Frames
import Networks
import Screens
import Tensors
import Testing

@Suite("A state with a graph of its own on the screen")
struct OwnGraphTests {
    /// The sample without its second convolution, and with a dense layer that fits.
    private static let network: Network = {
        var network = Samples.network
        network.name = "sample"
        network.nodes.removeAll { $0.name == "conv2" }
        network.nodes[1].inputs = ["a"]
        for name in ["conv2.weight", "conv2.bias"] { network.parameters[name] = nil }
        var generator = SeededGenerator(seed: 3)
        let floats = (0..<32 * 64).map { _ in Float(generator.laplace() * 0.05) }
        network.parameters["fc1.weight"]?.values = Tensor(shape: [32, 64], floats: floats)
        return network
    }()

    private static let state = TrainedState(id: "shorter", network: network)

    @Test("its layers are listed, turned and kept; undo brings back the opened ones with their plans, redo the others")
    func travels() throws {
        try Self.network.check()
        var desk = Desk()
        desk.press(.down)
        desk.press([.right, .right])
        let before = desk.explorer.resolvedPlan
        #expect(desk.layer?.weight == "conv2.weight" && desk.plan.pruning.amount > 0)
        desk.send(.engine(.derived(Self.state, label: "another graph")))
        #expect(desk.explorer.layers.map(\.weight) == ["conv1.weight", "fc1.weight", "fc2.weight"])
        #expect(desk.layer?.weight == "conv1.weight" && desk.explorer.resolvedPlan.layers.count == 3)
        #expect(!desk.screen.contains("conv2") && desk.screen.contains("32×64"))
        desk.press(.down)
        desk.press(.right)
        #expect(desk.layer?.weight == "fc1.weight" && desk.plan.pruning.amount > 0)
        #expect(desk.screen.contains("size 12,008 →"))
        for size in [Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60)] {
            #expect(!desk.explorer.frame(size: size).text.isEmpty)
        }
        let after = desk.explorer.resolvedPlan
        desk.type("uu")
        #expect(desk.explorer.base == nil && desk.explorer.resolvedPlan == before && desk.explorer.layers.count == 4)
        #expect(desk.screen.contains("conv2") && desk.layer?.weight == "conv2.weight")
        desk.press([.control("r"), .control("r")])
        #expect(desk.explorer.base == Self.state && desk.explorer.resolvedPlan == after)
    }

    @Test("while it is read the opened network stays on the screen; where it can't be read its plan is that of the opened one")
    func awaits() {
        var desk = Desk()
        desk.press(.down)
        desk.press(.right)
        desk.send(.engine(.derived(Self.state, label: "another graph")))
        let history = desk.explorer.history
        var reopened = Samples.opening()
        reopened.history = history
        reopened.base = Self.state
        for isRead in [true, false] {
            var other = Desk(reopened)
            other.type("u")
            #expect(other.explorer.layers.count == 4 && other.explorer.resolvedPlan["conv2.weight"].pruning.amount > 0)
            // Another program run does not have it at hand.
            var opening = Samples.opening()
            opening.history = other.explorer.history
            opening.plan = other.explorer.resolvedPlan
            var third = Desk(opening)
            third.press(.control("r"))
            #expect(third.explorer.awaitedState == "shorter" && third.explorer.layers.count == 4)
            third.send(isRead ? .session(.stateLoaded(Self.state)) : .session(.stateMissing(id: "shorter", reason: "gone")))
            #expect(third.explorer.awaitedState == nil && third.explorer.layers.count == (isRead ? 3 : 4))
            #expect(third.explorer.resolvedPlan.layers.count == third.explorer.layers.count)
        }
    }
}
