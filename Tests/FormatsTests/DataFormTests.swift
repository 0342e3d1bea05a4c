import Formats
import Foundation
import Networks
import OrderedCollections
import Tensors
import Testing

/// The forms that data come in, each found by what lies in the folder.
struct DataFormTests {
    private func loader(_ folder: URL, shape: Shape? = nil, _ options: InputOptions = InputOptions()) -> DatasetLoader {
        var loader = DatasetLoader(directory: folder.path, environment: [:])
        (loader.inputShape, loader.options) = (shape, options)
        return loader
    }

    private func write(_ bytes: [UInt8], _ name: String, in folder: URL) throws {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

    @Test(arguments: [
        ("x.npy", "y.npy"), ("images.npy", "labels.npy"), ("x_test.npy", "y_test.npy"), ("Inputs.npy", "Targets.npy"),
        ("set.images.npy", "set.labels.npy"),
    ])
    func readsPairsOfArrays(inputs: String, labels: String) throws {
        try Fixture.withFolder { folder in
            try write(Zip.npy("|u1", "(6, 2, 2)", bytes(24)), inputs, in: folder)
            try write(Zip.npy("<i8", "(6,)", [1, 0, 2, 1, 0, 2].flatMap { [$0] + [UInt8](repeating: 0, count: 7) }), labels, in: folder)
            let data = try loader(folder).load(.validation)
            #expect(data.inputs.shape == [3, 1, 2, 2])
            #expect(data.labels.sorted() == [0, 1, 2])
            let sentence = data.facts?.sentence ?? ""
            #expect(sentence.hasPrefix("1×2×2 from 2×2 uint8, ") && sentence.hasSuffix("(· 1/255, assumed)"), "\(sentence)")
            #expect(data.remark?.hasPrefix("there is one set of 6 examples: halved by class and at random") == true)
        }
    }

    @Test func readsArchivesWithNamedSplits() throws {
        try Fixture.withFolder { folder in
            func entry(_ name: String, _ array: [UInt8]) -> Zip.Entry { .init(name: name + ".npy", content: array, isDeflated: true) }
            let zip = Zip(entries: [
                entry("x_train", Zip.npy("|u1", "(12, 2, 2, 3)", bytes(144))), entry("y_train", Zip.npy("|u1", "(12, 1)", bytes(12))),
                entry("x_test", Zip.npy("|u1", "(2, 2, 2, 3)", bytes(24))), entry("y_test", Zip.npy("|u1", "(2,)", [7, 9])),
                entry("names", Zip.npy("|u1", "(1,)", [0])),
            ])
            try write(zip.bytes, "data.npz", in: folder)
            for place in [folder, folder.appendingPathComponent("data.npz")] {
                let test = try loader(place, shape: [3, 2, 2]).load(.test)
                #expect(test.inputs.shape == [2, 3, 2, 2])
                #expect(test.labels == [7, 9])
                #expect(test.facts?.layout == .nhwc)
                // Rows, columns, channels 0 1 2 | 3 4 5 …: the first channel is every third value.
                #expect(test.inputs.floats.prefix(6) == [0, 3, 6, 9, 1, 4])
                let validation = try loader(place, shape: [3, 2, 2]).load(.validation)
                #expect(validation.labels == [10, 11] && validation.remark == "validation is the last 2 of 12 training examples")
                #expect(try loader(place, shape: [3, 2, 2]).load(.train).count == 10)
            }
        }
    }

    @Test func readsSafetensorsAndChangesColours() throws {
        try Fixture.withFolder { folder in
            let inputs = Tensor(shape: [4, 1, 2, 2], floats: (0..<16).map { Float($0) / 16 })
            let file = Safetensors(tensors: ["inputs": inputs, "labels": Tensor(shape: [4], floats: [0, 1, 0, 1])])
            try file.write(to: folder.appendingPathComponent("set.safetensors").path)
            let data = try loader(folder, shape: [3, 2, 2], InputOptions(mean: [0.5], standardDeviation: [0.25])).load(.validation)
            #expect(data.exampleShape == [3, 2, 2])
            #expect(data.normalization == InputNormalization(scale: 1, mean: [0.5], standardDeviation: [0.25]))
            #expect(data.facts?.origin == .flags)
            let pixels = try data.pixels(of: 0).floats
            #expect(pixels[0..<4] == pixels[4..<8] && pixels[0..<4] == pixels[8..<12])
        }
    }

    @Test func takesInputsWithoutLabels() throws {
        try Fixture.withFolder { folder in
            try write(Zip.npy("|u1", "(6, 2, 2)", bytes(24)), "whatever.npy", in: folder)
            let data = try loader(folder).load(.validation)
            #expect(data.labels.isEmpty && data.count == 3 && data.kind == .unlabelled)
            #expect(data.remark?.contains("halved at random") == true)
        }
    }

    @Test func recognizesRangesAndLayouts() throws {
        func facts(_ descr: String, _ shape: String, _ content: [UInt8], _ options: InputOptions = InputOptions()) throws -> InputFacts? {
            try Fixture.withFolder { folder in
                try write(Zip.npy(descr, shape, content), "x.npy", in: folder)
                return try loader(folder, shape: [3, 4, 4], options).load(.validation).facts
            }
        }
        func floats(_ count: Int, _ value: (Int) -> Float) -> [UInt8] {
            (0..<count).flatMap { index in withUnsafeBytes(of: value(index).bitPattern.littleEndian) { Array($0) } }
        }
        #expect(try facts("<f4", "(2, 3, 4, 4)", floats(96) { Float($0 * 2) })?.normalization.scale == 1 / 255)
        #expect(try facts("<f4", "(2, 3, 4, 4)", floats(96) { Float($0) / 96 })?.formula == "as stored, assumed")
        // Digits of 0…16, spectra that are never negative, and rows of a table are no pixels.
        #expect(try facts("<f4", "(2, 3, 4, 4)", floats(96) { Float($0 % 17) })?.normalization.scale == 1)
        #expect(try facts("<f4", "(2, 3, 4, 4)", floats(96) { Float($0) + 0.5 })?.normalization.scale == 1)
        #expect(try facts("<f4", "(2, 3, 4, 4)", floats(96) { Float($0) / 48 - 1 })?.normalization.scale == 1)
        #expect(try facts("|u1", "(2, 4, 4, 3)", bytes(96))?.layout == .nhwc)
        #expect(try facts("|u1", "(2, 3, 4, 4)", bytes(96))?.layout == .nchw)
        #expect(throws: FormatError.self) { try facts("|u1", "(2, 3, 4, 4)", bytes(96), InputOptions(layout: .nhwc)) }
    }

    /// Rows of a table are read as they are whatever they hold, and so is all that enters a network that states integers.
    @Test func scalesNoTables() throws {
        func facts(_ descr: String, _ content: [UInt8], readsIntegers: Bool = false) throws -> (facts: InputFacts?, warning: String?) {
            try Fixture.withFolder { folder in
                try write(Zip.npy(descr, "(8, 12)", content), "x.npy", in: folder)
                var loader = loader(folder, shape: [12], InputOptions())
                loader.readsIntegers = readsIntegers
                let data = try loader.load(.validation)
                return (data.facts, data.warning)
            }
        }
        func floats(_ value: (Int) -> Float) -> [UInt8] {
            (0..<96).flatMap { index in withUnsafeBytes(of: value(index).bitPattern.littleEndian) { Array($0) } }
        }
        let features = try facts("<f4", floats { 0.1 + Float($0 % 79) / 10 })
        #expect(features.facts?.normalization.scale == 1 && features.warning == nil && features.facts?.assumed.count == 1)
        let whole = try facts("<f4", floats { Float($0 * 2) })
        #expect(whole.facts?.normalization.scale == 1 && whole.warning?.contains("--scale 1/255") == true)
        let stated = try facts("|u1", bytes(96), readsIntegers: true)
        #expect(stated.facts?.normalization.scale == 1 && stated.facts?.origin == .declared && stated.facts?.assumed == [])
        let few = try facts("|u1", bytes(96))
        #expect(few.facts?.normalization.scale == 1 && few.warning?.contains("12 an example are no square picture") == true)
    }

    /// Bytes in rows are pixels where a picture has so many and some are bright; either guess is said, but not where the network reads pictures.
    @Test(
        arguments: [
            (64, 65, nil, "taken for pixels", true), (64, 64, nil, "none is above 64", false), (784, 255, nil, "taken for pixels", true),
            (192, 255, nil, "taken for pixels", true), (63, 255, nil, "no square picture", false),
            (49, 255, nil, "no square picture", false),
            (784, 64, [1, 28, 28], "", true),
        ] as [(Int, UInt8, Shape?, String, Bool)])
    func scalesRowsOfBytes(columns: Int, high: UInt8, shape: Shape?, words: String, arePixels: Bool) throws {
        let data = try Fixture.withFolder { folder in
            let values = (0..<4 * columns).map { $0 % columns == 1 ? high : UInt8($0 % 60) }
            try write(Zip.npy("|u1", "(4, \(columns))", values), "x.npy", in: folder)
            return try loader(folder, shape: shape ?? [columns], InputOptions()).load(.validation)
        }
        let scale: Float = arePixels ? 1 / 255 : 1
        #expect(data.facts?.normalization.scale == scale)
        if words.isEmpty { #expect(data.warning == nil) } else { #expect(data.warning?.contains(words) == true, "\(data.warning ?? "")") }
        #expect(data.warning?.contains("--scale 1/255") ?? true)
    }

    /// One-hot rows, and indices counted from 1 in all splits together.
    @Test func mapsLabels() throws {
        func loaded(_ files: [(String, String, [UInt8])], classes: Int?) throws -> Dataset {
            try Fixture.withFolder { folder in
                for (name, shape, labels) in files {
                    let count = labels.count / (shape.isEmpty ? 1 : 3)
                    try write(Zip.npy("|u1", "(\(count), 12)", bytes(count * 12)), "x_\(name).npy", in: folder)
                    try write(Zip.npy("|u1", "(\(count),\(shape))", labels), "y_\(name).npy", in: folder)
                }
                var loader = loader(folder, shape: [12])
                loader.classCount = classes
                return try loader.load(.validation)
            }
        }
        let rows = try loaded([("val", " 3", [0, 0, 1, 1, 0, 0, 0, 1, 0]), ("test", " 3", [1, 0, 0])], classes: 3)
        #expect(rows.labels == [2, 0, 1] && rows.remark?.contains("one-hot") == true)
        let counted = try loaded([("val", "", [1, 3, 2]), ("test", "", [2, 2])], classes: 3)
        #expect(counted.labels == [0, 2, 1] && counted.remark?.contains("counted from 1") == true)
        // Another split tells that 0 is a class, or that the last one is only missing here.
        #expect(try loaded([("val", "", [1, 3, 2]), ("test", "", [0, 2])], classes: 3).labels == [1, 3, 2])
        #expect(try loaded([("val", "", [1, 2, 2]), ("test", "", [3, 2])], classes: 3).labels == [0, 1, 1])
        #expect(try loaded([("val", "", [1, 2, 2]), ("test", "", [2, 2])], classes: 3).labels == [1, 2, 2])
        #expect(try loaded([("val", "", [1, 3, 2]), ("test", "", [1, 2])], classes: 4).labels == [1, 3, 2])
        // Rows of several ones are several labels, in all splits alike.
        let several = try loaded([("val", " 3", [0, 1, 0]), ("test", " 3", [1, 1, 0])], classes: 3)
        #expect(several.labels.isEmpty && several.targets?.floats == [0, 1, 0] && several.kind == .labelled && several.remark == nil)
    }

    private func record(_ labels: [UInt8], _ value: UInt8) -> [UInt8] { labels + [UInt8](repeating: value, count: 3072) }

    @Test func readsCIFAR() throws {
        try Fixture.withFolder { folder in
            try write((0..<12).flatMap { record([$0 % 10], $0) }, "data_batch_1.bin", in: folder)
            try write((12..<24).flatMap { record([$0 % 10], $0) }, "data_batch_2.bin", in: folder)
            try write(record([9], 200), "test_batch.bin", in: folder)
            try write(Array((0..<10).map { "class\($0)" }.joined(separator: "\n").utf8), "batches.meta.txt", in: folder)
            let validation = try loader(folder).load(.validation)
            #expect(validation.labels == [0, 1, 2, 3] && validation.classNames[9] == "class9")
            #expect(validation.inputs.shape == [4, 3, 32, 32] && validation.inputs.floats[3072] == 21)
            #expect(try loader(folder).load(.test).labels == [9])
        }
        try Fixture.withFolder { folder in
            try write(record([3, 99], 1) + record([19, 4], 2), "train.bin", in: folder)
            try write(record([2, 50], 7), "test.bin", in: folder)
            var loader = loader(folder)
            #expect(try loader.load(.test).labels == [50])
            loader.classCount = 20
            #expect(try loader.load(.test).labels == [2])
        }
    }

    @Test func refusesWrongCIFAR() throws {
        try Fixture.withFolder { folder in
            try write(record([3], 1).dropLast(), "test_batch.bin", in: folder)
            #expect(Fixture.refusal { _ = try loader(folder).load(.test) }?.message.contains("whole records of 3073 bytes") == true)
            try write(record([3], 1) + record([10], 1), "test_batch.bin", in: folder)
            let refusal = Fixture.refusal { _ = try loader(folder).load(.test) }
            #expect(refusal?.offset == 3073 && refusal?.expected == "a class from 0 to 9" && refusal?.actual == "10")
        }
    }

    @Test func namesBothSidesOfWhatDoesNotFit() throws {
        try Fixture.withFolder { folder in
            try write(Zip.npy("|u1", "(4, 2, 2)", bytes(16)), "x.npy", in: folder)
            try write(Zip.npy("|u1", "(5,)", bytes(5)), "y.npy", in: folder)
            let refusal = Fixture.refusal { _ = try loader(folder).load(.test) }
            #expect(refusal?.message.contains("'y': expected 4 labels, as 'x' has examples, found [5].") == true)
            let fractions: [UInt8] = [0, 0, 0, 0, 0, 0, 0x20, 0x40, 0, 0, 0, 0, 0, 0, 0, 0]
            try write(Zip.npy("<f4", "(4,)", fractions), "y.npy", in: folder)
            var classes = loader(folder)
            classes.classCount = 3
            #expect(
                Fixture.refusal { _ = try classes.load(.test) }?.message.contains("label 2: expected a class from 0 to 65,535, found 2.5")
                    == true)
            // Without classes they are values.
            let values = try loader(folder).load(.test)
            #expect(values.labels.isEmpty && values.targets?.floats.count == 2 && values.sha256 != nil)
            try write(Zip.npy("<f4", "(4,)", fractions.dropLast(2) + [0xC0, 0x7F]), "y.npy", in: folder)
            #expect(
                Fixture.refusal { _ = try loader(folder).load(.test) }?.message.contains("'y', value 4: expected finite numbers, found nan")
                    == true)
            try write(Zip.npy("|u1", "(4, 3)", bytes(12)), "y.npy", in: folder)
            #expect(try loader(folder).load(.test).targets?.values.shape == [2, 3])
            try write(Zip.npy("|u1", "(0, 2, 2)", []), "x.npy", in: folder)
            #expect(Fixture.refusal { _ = try loader(folder).load(.test) }?.message.contains("examples [N, …] with N above 0") == true)
            try write(Zip.npy("|u1", "(4, 2, 2)", bytes(16)), "images.npy", in: folder)
            #expect(Fixture.refusal { _ = try loader(folder).load(.test) }?.kind == .duplicate)
        }
        try Fixture.withFile(Array("hello".utf8), name: "x.txt") { path in
            let refusal = Fixture.refusal { _ = try DatasetLoader(directory: path, environment: [:]).load(.test) }
            #expect(refusal?.expected == "a folder, or an NPY, NPZ or safetensors file")
        }
        try Fixture.withFolder { folder in
            let zip = Zip(entries: [
                .init(name: "a\u{1b}[2J.npy", content: Zip.npy("|u1", "(1,)", [0])),
                .init(name: "b.npy", content: Zip.npy("|u1", "(1,)", [0])),
            ])
            try write(zip.bytes, "d.npz", in: folder)
            let message = Fixture.refusal { _ = try loader(folder).load(.test) }?.message ?? ""
            #expect(message.contains("'a\\u{1b}[2J', 'b'") && !message.contains("\u{1b}"))
        }
    }
}
