import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Tensors
import Testing

/// What the screen says of files that another program wrote to while they were open.
@Suite("Files that change under the screen")
struct ChangedFileTests {
    @Test("The network's file: named once, every figure an old one, and the session goes on")
    func network() {
        var desk = Desk()
        desk.press([.right, .right])
        #expect(desk.explorer.layers.allSatisfy(desk.explorer.isFresh) && desk.explorer.isAccuracyFresh && desk.explorer.isBytesFresh)
        let plan = desk.plan
        desk.isEngineOn = false
        let change = FileChange(path: "/data/net.safetensors", kind: .cut(from: 100_000_000, to: 7))
        desk.send(.engine(.failed(.changed(change), generation: 0)))
        #expect(desk.explorer.message?.kind == .error && desk.explorer.message?.text.contains("/data/net.safetensors") == true)
        #expect(!desk.explorer.layers.contains(where: desk.explorer.isFresh) && !desk.explorer.isAccuracyFresh)
        #expect(!desk.explorer.isBytesFresh && desk.explorer.settled == desk.explorer.generation && desk.plan == plan)
        #expect(desk.screen.contains("was changed by another program"))
        desk.press(.right)
        #expect(desk.plan != plan)
        desk.press(.character("u"))
        #expect(desk.plan == plan && desk.explorer.history.applied > 0)
    }

    @Test("It stays said, and neither a file nor a snapshot is made")
    func lasting() {
        var desk = Desk()
        desk.isEngineOn = false
        let change = FileChange(path: "/data/net.safetensors", kind: .cut(from: 100_000_000, to: 7))
        desk.send(.engine(.failed(.changed(change), generation: 0)))
        desk.press([.down, .up])
        #expect(desk.explorer.message == nil && desk.screen.contains("/data/net.safetensors was changed"))
        desk.effects = []
        desk.press(.character("e"))
        desk.type("out.pare")
        desk.press(.enter)
        #expect(desk.explorer.message?.kind == .error && desk.explorer.message?.text.contains("it was cut from 100000000 to 7") == true)
        desk.press(.character("s"))
        #expect(desk.explorer.stack.isEmpty && desk.explorer.message?.text.contains("/data/net.safetensors") == true)
        let made = desk.effects.filter { effect in
            switch effect {
            case .exportNetwork, .saveSnapshot: true
            default: false
            }
        }
        #expect(made.isEmpty)
    }

    @Test("The examples: the accuracy is an old one, the layers stay")
    func examples() {
        var desk = Desk()
        desk.press(.right)
        #expect(desk.explorer.isAccuracyFresh)
        desk.isEngineOn = false
        desk.send(.engine(.failed(.data("set.npz was changed by another program"), generation: desk.explorer.generation)))
        #expect(!desk.explorer.isAccuracyFresh && desk.explorer.accuracy != nil)
        #expect(desk.explorer.layers.allSatisfy(desk.explorer.isFresh) && desk.explorer.isBytesFresh)
    }
}
