import Formats
import Foundation
import Networks
import Tensors
import Testing

/// Model cards and tensors for training's own files.
struct ModelCardWriterTests {
    @Test(arguments: ["lenet-300-100", "lenet-5"])
    func keepsTheBundledCards(name: String) throws {
        let card = try #require(try ModelCardReader.card(besides: Fixture.model(name)))
        #expect(card.training?.seed == 1 && card.training?.framework?.hasPrefix("pare ") == true)
        try expectSame(card)
    }

    @Test func keepsEveryField() throws {
        let card = ModelCard(
            name: "a \"b\"\n\\ é", title: "T", file: "x/y.onnx", sha256: "00", parameters: 12,
            data: .init(name: "D", debianPackage: "p", training: "t", validation: "v"),
            input: .init(shape: [1, 2, 3], scale: 1 / 255, mean: [0.1, 2], standardDeviation: [3]), classes: ["1", "b"],
            training: .init(
                framework: "pare", architecture: "mlp-3", seed: .max, threads: 2, epochs: 3, recipe: "SGD", command: "pare train …"),
            accuracy: .init(validation: 0.9029, test: 1.0 / 3))
        try expectSame(card)
        try expectSame(ModelCard(name: "", file: "", training: .init(), accuracy: .init()))
        let text = ModelCardWriter.text(of: ModelCard(name: "n", file: "f", classes: ["a", "b"], accuracy: .init(test: 0.5)))
        #expect(
            text == """
                {
                  "name": "n",
                  "file": "f",
                  "classes": [
                    "a",
                    "b"
                  ],
                  "accuracy": {
                    "test": 0.5
                  }
                }

                """)
    }

    @Test func givesEqualBytesForEqualTensors() throws {
        let tensors = ["b": Tensor(shape: [2], floats: [1, -0.0]), "a": Tensor(shape: [], floats: [.nan])]
        let file = Safetensors(tensors, metadata: ["epoch": "3", "recipe": "{\"x\": 1}"])
        #expect(file.data == Safetensors(Dictionary(uniqueKeysWithValues: tensors.reversed()), metadata: file.metadata).data)
        try Fixture.withFile(Array(file.data)) { path in
            let back = try Safetensors(path: path)
            #expect(back.metadata == file.metadata && Array(back.tensors.keys) == ["a", "b"])
            for (name, tensor) in tensors { #expect(back.tensors[name].map { Array($0.bytes) } == Array(tensor.bytes)) }
        }
    }

    private func expectSame(_ card: ModelCard) throws {
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("card.json").path
            try ModelCardWriter.write(card, to: path)
            #expect(try ModelCardReader.read(path) == card)
        }
    }
}
