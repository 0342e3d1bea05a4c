import Formats
import Foundation
import Networks
import Tensors
import Testing

/// Data sets made for the test.
struct DatasetLoaderTests {
    private func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    /// `count` images of 2×2 that hold their own index, and labels 0…4 in turn.
    private func write(_ count: Int, images: String, labels: String, in folder: URL) throws {
        let pixels = (0..<count).flatMap { index in [UInt8](repeating: UInt8(index % 251), count: 4) }
        try Data([0, 0, 8, 3] + number(count) + number(2) + number(2) + pixels).write(to: folder.appendingPathComponent(images))
        try Data(gzip([0, 0, 8, 1] + number(count) + (0..<count).map { UInt8($0 % 5) })).write(to: folder.appendingPathComponent(labels))
    }

    @Test func findsPairsByContentUnderAnyName() throws {
        try Fixture.withFolder { folder in
            try write(60, images: "one.bin", labels: "two.bin", in: folder)
            try write(12, images: "three.bin", labels: "four.bin", in: folder)
            try Data("notes".utf8).write(to: folder.appendingPathComponent("readme.txt"))
            let loader = DatasetLoader(directory: folder.path, environment: [:])
            let validation = try loader.load(.validation)
            #expect(validation.count == 10)
            #expect(validation.inputs.shape == [10, 1, 2, 2])
            #expect(validation.inputs.floats.first == 50)
            #expect(validation.labels == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
            #expect(validation.remark == "validation is the last 10 of 60 training examples")
            #expect(validation.classNames == ["0", "1", "2", "3", "4"])
            #expect(try loader.load(.train).count == 50)
            #expect(try loader.load(.test).count == 12)
            #expect(try loader.load(.test).sha256?.count == 64)
        }
    }

    @Test func letsNamesDecideBetweenEqualPairs() throws {
        try Fixture.withFolder { folder in
            try write(20, images: "a-test-images", labels: "a-test-labels", in: folder)
            try write(20, images: "b-train-images", labels: "b-train-labels", in: folder)
            let catalog = try DataCatalog(directory: folder.path)
            #expect(catalog.test.imagePath.hasSuffix("a-test-images"))
            #expect(catalog.test.labelPath.hasSuffix("a-test-labels"))
            #expect(catalog.training?.labelPath.hasSuffix("b-train-labels") == true)
        }
    }

    @Test func halvesASinglePairByClass() throws {
        try Fixture.withFolder { folder in
            try write(50, images: "i", labels: "l", in: folder)
            let loader = DatasetLoader(directory: folder.path, environment: [:])
            let (first, second) = (try loader.load(.validation), try loader.load(.test))
            #expect(first.count == 25 && second.count == 25)
            for data in [first, second] {
                #expect(data.remark?.contains("halved by class and at random (seed 1)") == true)
                for label in Int32(0)..<5 { #expect(data.labels.count { $0 == label } == 5) }
            }
            let all = first.inputs.floats + second.inputs.floats
            #expect(all.sorted() == (0..<50).flatMap { [Float](repeating: Float($0), count: 4) })
            #expect(Fixture.refusal { _ = try loader.load(.train) }?.kind == .missing)
        }
    }

    @Test func setsAThirdApartWhereLayersAreFitted() throws {
        try Fixture.withFolder { folder in
            try write(60, images: "i", labels: "l", in: folder)
            var loader = DatasetLoader(directory: folder.path, environment: [:])
            #expect(loader.hasOnlySet)
            loader.onlySet = .thirds
            let measured = [try loader.load(.validation), try loader.load(.test)]
            #expect(Fixture.refusal { _ = try loader.load(.train) }?.kind == .missing)
            loader.onlySet = .calibrating
            let parts = measured + [try loader.load(.train)]
            for data in parts {
                #expect(
                    data.count == 20 && data.remark?.contains("three equal parts: validation, test, and what layers are fitted to") == true)
                for label in Int32(0)..<5 { #expect(data.labels.count { $0 == label } == 4) }
            }
            #expect(parts.flatMap { $0.inputs.floats }.sorted() == (0..<60).flatMap { [Float](repeating: Float($0), count: 4) })
            loader.onlySet = .training
            #expect(try loader.load(.train).count == 60)
        }
    }

    @Test func saysWhereItLookedAndWhatHelps() throws {
        let refusal = Fixture.refusal { _ = try DatasetLoader(directory: nil, environment: ["PARE_DATA": "/nowhere"]).load(.test) }
        #expect(
            refusal?.message
                == "/nowhere: data folder from PARE_DATA: expected a folder that can be read, found none. "
                + "Install Fashion-MNIST (apt-get install dataset-fashion-mnist) or name a folder with --data DIR: IDX, NPY, NPZ, "
                + "safetensors, CIFAR or pictures.")
        try Fixture.withFolder { folder in
            let empty = Fixture.refusal { _ = try DatasetLoader(directory: folder.path, environment: [:]).load(.test) }
            #expect(empty?.actual == "none among 0 files")
        }
    }

    @Test func refusesADamagedFileRatherThanOverlookingIt() throws {
        try Fixture.withFolder { folder in
            try write(10, images: "i", labels: "l", in: folder)
            let path = folder.appendingPathComponent("i")
            try Data(contentsOf: path).dropLast(3).write(to: path)
            #expect(Fixture.refusal { _ = try DatasetLoader(directory: folder.path, environment: [:]).load(.test) }?.kind == .truncated)
        }
    }

    @Test func takesTheNormalizationFromTheCard() throws {
        let json =
            #"{"name":"n","file":"n.onnx","classes":["a","b","c","d","e"],"input":{"shape":[1,2,2],"scale":0.5,"mean":[0.25],"standardDeviation":[2]}}"#
        var card = try JSONDecoder().decode(ModelCard.self, from: Data(json.utf8))
        try Fixture.withFolder { folder in
            try write(10, images: "i", labels: "l", in: folder)
            let data = try DatasetLoader(directory: folder.path, environment: [:], card: card).load(.test)
            #expect(data.normalization == InputNormalization(scale: 0.5, mean: [0.25], standardDeviation: [2]))
            #expect(data.classNames == ["a", "b", "c", "d", "e"])
            card.input?.mean = [1, 2, 3]
            let loader = DatasetLoader(directory: folder.path, environment: [:], card: card)
            #expect(Fixture.refusal { _ = try loader.load(.test) }?.kind == .mismatch)
        }
    }

    /// A card's word, values from low to high, and what is made of them. A card's scale was left out for anything that did not look like bytes.
    @Test(arguments: [
        (InputNormalization(scale: 1 / 1000), Float(2.9), Float(3409), InputFacts.Origin.card),
        (InputNormalization(scale: 0.25, standardDeviation: [1 / 12]), 0, 1.02, .card),
        (InputNormalization(scale: 0.25, standardDeviation: [1 / 12]), 0, 7, .card),
        (InputNormalization(scale: 0.5, mean: [0.5], standardDeviation: [1.5]), -8, 11, .card),
        (InputNormalization(), -2.95, 3.41, .card), (InputNormalization(), 0, 1.5, .card),
        (InputNormalization(mean: [0.286], standardDeviation: [0.353]), -1.5, 2, .card),
        (InputNormalization(mean: [0.286], standardDeviation: [0.353]), 0, 1, .divided),
        (InputNormalization(mean: [0.286], standardDeviation: [0.353]), -0.81, 2.02, .normalized),
    ])
    func takesACardsWordForAnyValues(said: InputNormalization, low: Float, high: Float, origin: InputFacts.Origin) throws {
        let input = ModelCard.Input(
            shape: [1, 2, 2], scale: said.scale, mean: said.mean, standardDeviation: said.standardDeviation)
        let card = ModelCard(name: "n", file: "n.onnx", input: input)
        let content = (0..<40).flatMap { index in
            withUnsafeBytes(of: (index % 4 == 0 ? low : high).bitPattern.littleEndian) { Array($0) }
        }
        try Fixture.withFolder { folder in
            try Data(Zip.npy("<f4", "(10, 2, 2)", content)).write(to: folder.appendingPathComponent("x.npy"))
            let data = try DatasetLoader(directory: folder.path, environment: [:], card: card).load(.test)
            var expected = said
            if origin != .card { expected.scale = 1 }
            if origin == .normalized { (expected.mean, expected.standardDeviation) = ([0], [1]) }
            #expect(data.normalization == expected && data.facts?.origin == origin, "\(data.facts?.sentence ?? "")")
            #expect((data.warning?.contains("--scale 1/255") == true) == (origin != .card), "\(data.warning ?? "")")
        }
    }
}
