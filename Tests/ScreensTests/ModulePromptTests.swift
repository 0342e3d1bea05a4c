import Compression
import Engine
import Frames
import Networks
import Screens
import Testing

@Suite("Replacing a layer by a module on the screen")
struct ModulePromptTests {
    private func run(_ command: String, _ desk: inout Desk) {
        desk.type(":" + command)
        desk.press(.enter)
    }

    private func selectLayer(_ name: String, _ desk: inout Desk) {
        desk.press(.home)
        while desk.layer?.name != name { desk.press(.down) }
    }

    private func order(_ desk: Desk) -> ModuleOrder? {
        guard case .start(let task)? = desk.effects.last else { return nil }
        return task.request as? ModuleOrder
    }

    @Test("What is typed is shown as parameters and multiply-adds; the module takes the layer's place; undo and redo")
    func replaces() throws {
        var desk = Desk()
        selectLayer("conv2", &desk)
        run("replace-layer", &desk)
        #expect(desk.screen.contains("replace conv2 by"))
        desk.type("separable 2")
        // 8 filters of 4 channels and 3 × 3: 288 weights and 8 biases; 4 · 2 kernels of 9, and 8 × 8 with 8 biases.
        #expect(desk.screen.contains("296 → 144 parameters"))
        desk.press(.enter)
        let order = try #require(self.order(desk))
        #expect(order.replacement == LayerReplacement(weight: "conv2.weight", module: .separable(multiplier: 2)))
        let network = try #require(try order.replacement.applied(to: Samples.network))
        let state = TrainedState(id: "module", changed: network, from: order.base, of: Samples.network)
        desk.send(.engine(.derived(state, label: order.label)))
        #expect(desk.explorer.layers.map(\.name) == ["conv1", "conv2.depthwise", "conv2.pointwise", "fc1", "fc2"])
        #expect(desk.explorer.history.changes.last?.label == "conv2: separable 2")
        for size in [Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60)] {
            #expect(!desk.explorer.frame(size: size).text.isEmpty)
        }
        desk.type("u")
        #expect(desk.explorer.base == nil && desk.explorer.layers == Samples.network.layers)
        desk.press(.control("r"))
        #expect(desk.explorer.base == state)
    }

    @Test("What is no module is refused with what may be typed", arguments: ["fire", "fire 0", "fire 2 8", "separable 10", "ghost", "3x3"])
    func refused(text: String) {
        var desk = Desk()
        selectLayer("conv2", &desk)
        run("replace-layer", &desk)
        desk.type(text)
        desk.press(.enter)
        #expect(desk.screen.contains("fire SQUEEZE") && order(desk) == nil)
    }

    @Test("A layer that is no convolution stays, and it is said why")
    func dense() {
        var desk = Desk()
        selectLayer("fc1", &desk)
        run("replace-layer", &desk)
        #expect(desk.screen.contains("only a convolution") && order(desk) == nil)
    }
}
