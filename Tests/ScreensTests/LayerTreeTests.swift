import Compression
import Frames
import Networks
import OrderedCollections
import Screens
import Sessions
import Tensors
import Testing

/// The layers pane of a network with many layers.
@Suite("Layers as a tree")
struct LayerTreeTests {
    /// An embedding, four blocks of four layers, a head: as in a language model.
    static let network: Network = {
        var generator = SeededGenerator(seed: 4)
        var tensors: OrderedDictionary<String, Tensor> = [:]
        func add(_ name: String, _ shape: Shape) {
            tensors[name + ".weight"] = Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(generator.laplace() * 0.05) })
        }
        add("model.embed", [40, 8])
        for block in 0..<4 {
            for name in ["attn.q", "attn.o", "mlp.up", "mlp.down"] { add("model.layers.\(block).\(name)", [8 + block, 8]) }
        }
        add("head", [40, 8])
        return Network(weights: tensors, name: "tiny")
    }()

    private func desk(width: Int = 80, height: Int = 40) -> Desk {
        Desk(
            Opening(
                network: Self.network, session: SessionStatus(name: "first-try"), themes: ["dark"], theme: "dark",
                size: Size(width: width, height: height), clockOffset: 0))
    }

    @Test("Groups by the dots, with their totals where there is room", arguments: [80, 120, 200])
    func groups(width: Int) {
        let lines = desk(width: width).explorer.frame(size: Size(width: width, height: 40)).text.split(separator: "\n")
        func line(_ label: String) -> Substring { lines.first { $0.contains(label + " ") } ?? "" }
        for label in ["- model", "  - layers", "    - 1", "      - attn", "        q", "  embed"] {
            #expect(!line(label).isEmpty, "\(label)")
        }
        guard width == 200 else { return }
        // 40 · 8 weights of the embedding, and four layers of (8 + block) · 8 in each block.
        #expect(line("- model").contains("1,536") && line("- layers").contains("1,216") && line("    - 1").contains("288"))
    }

    @Test("Folding hides a group's layers; the row of a folded group stands for the selected layer")
    func folding() {
        var desk = desk()
        desk.press([.down, .down])
        #expect(desk.layer?.name == "model.layers.0.attn.o" && desk.screen.contains("- attn"))
        desk.type("-")
        #expect(desk.screen.contains("+ attn") && desk.layer?.name == "model.layers.0.attn.o")
        desk.press(.down)
        #expect(desk.layer?.name == "model.layers.0.mlp.up")
        desk.press(.up)
        #expect(desk.layer?.name == "model.layers.0.attn.q")
        desk.type("-")
        #expect(!desk.screen.contains("+ attn"))
        desk.type("_")
        #expect(desk.screen.contains("+ model") && !desk.screen.contains("- attn"))
        desk.press(.down)
        #expect(desk.layer?.name == "head")
        desk.type("_")
        #expect(!desk.screen.contains("+ model"))
    }

    @Test("Sorted by size, kept and error, and back")
    func sorting() {
        var desk = desk()
        desk.type("O")
        #expect(desk.screen.contains("largest first"))
        desk.press(.home)
        #expect(desk.layer?.name == "model.embed")
        desk.press(.end)
        #expect(desk.layer?.name == "model.layers.0.mlp.down")
        desk.press([.right, .right, .right, .right])
        desk.type("O")
        desk.press(.home)
        #expect(desk.layer?.name == "model.layers.0.mlp.down" && desk.screen.contains("least kept first"))
        desk.type("OOO")
        #expect(!desk.screen.contains("first ") || desk.screen.contains("- model"))
        desk.type("/mlp.down")
        desk.press([.enter, .escape])
        desk.type("-")
        #expect(desk.screen.contains("+ mlp"))
    }

    @Test("A filter opens the groups that hold what it finds")
    func filter() {
        var desk = desk()
        desk.type("_/mlp.up")
        desk.press(.enter)
        #expect(desk.screen.contains("- model") && desk.layer?.name == "model.layers.0.mlp.up")
        desk.press([.down, .down, .down, .down])
        #expect(desk.layer?.name == "model.layers.3.mlp.up" && !desk.screen.contains("down "))
    }

    @Test("Names with thousands of dots, without names, and with control characters are drawn")
    func oddNames() {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        let names = [String(repeating: "a.", count: 5_000), "", ".", "..", "\u{1b}[2Jx", "a", "a.b", "a.b.c"]
        for (index, name) in (names + (0..<10).map { "n\($0)" }).enumerated() {
            tensors[name] = Tensor(shape: [2, 2], floats: [1, 2, 3, Float(index)])
        }
        var desk = Desk(
            Opening(
                network: Network(weights: tensors, name: "odd"), session: SessionStatus(name: "s"), themes: ["dark"], theme: "dark",
                size: Size(width: 80, height: 40), clockOffset: 0))
        for _ in 0..<20 { desk.press(.down) }
        desk.type("-_")
        #expect(!desk.screen.unicodeScalars.contains { $0.value == 0x1B })
        #expect(desk.explorer.layers.count == 18)
    }
}
