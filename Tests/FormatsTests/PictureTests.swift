import Formats
import Foundation
import Networks
import Tensors
import Testing

/// Folders of pictures: decoding, fitting, labels, damage.
struct PictureTests {
    private let fixtures = Fixture.root.appendingPathComponent("Tests/Fixtures/pictures")

    private func loader(_ path: String, shape: Shape, side: Int? = nil) -> DatasetLoader {
        var loader = DatasetLoader(directory: path, environment: [:])
        (loader.inputShape, loader.options.side) = (shape, side)
        return loader
    }

    // Expected: Pillow, by Scripts/make-picture-fixtures.py.
    @Test(arguments: [1, 3])
    func fitsAsPillowDoes(channels: Int) throws {
        let expected = try NPZ(path: fixtures.appendingPathComponent("fitted.npz").path)
        let names = ["alpha.png", "bits.png", "colour.jpg", "colour.png", "grey.jpg", "grey.png", "palette.png", "progressive.jpeg"]
        for name in names {
            try Fixture.withFolder { folder in
                for copy in ["a", "b"] {
                    let target = folder.appendingPathComponent(copy + name)
                    try FileManager.default.copyItem(at: fixtures.appendingPathComponent(name), to: target)
                }
                let data = try loader(folder.path, shape: [channels, 14, 14], side: 16).load(.validation)
                #expect(data.count == 1 && data.kind == .unlabelled)
                let pixels = try data.pixels(of: 0).floats
                let wanted = try expected.tensor("\(name)-\(channels)").floats
                let largest = zip(pixels, wanted).map { abs($0 - $1) }.max() ?? 255
                // JPEG decoders of two versions differ by a level or two; PNG has one answer.
                #expect(pixels.count == wanted.count && largest <= (name.hasSuffix("png") ? 0 : 2), "\(name): \(largest)")
            }
        }
    }

    private func write(_ bytes: [UInt8], _ name: String, in folder: URL) throws {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private func grey(_ value: UInt8, size: Int = 4) -> [UInt8] {
        PNG.file(width: size, height: size, channels: 1, [UInt8](repeating: value, count: size * size))
    }

    @Test func readsFoldersOfClasses() throws {
        try Fixture.withFolder { folder in
            for (index, name) in ["cat", "dog"].enumerated() {
                for picture in 0..<12 { try write(grey(UInt8(100 * index + picture)), "train/\(name)/\(picture).png", in: folder) }
                for picture in 0..<3 { try write(grey(UInt8(50 * index + picture)), "test/\(name)/\(picture).png", in: folder) }
            }
            try write(Array("notes".utf8), "test/cat/readme.txt", in: folder)
            let test = try loader(folder.path, shape: [1, 4, 4]).load(.test)
            #expect(test.labels == [0, 0, 0, 1, 1, 1] && test.classNames == ["cat", "dog"])
            #expect(try test.pixels(of: 4).floats == [Float](repeating: 51, count: 16))
            let (train, validation) = (
                try loader(folder.path, shape: [1, 4, 4]).load(.train), try loader(folder.path, shape: [1, 4, 4]).load(.validation)
            )
            #expect(train.count == 20 && validation.count == 4)
            #expect(validation.labels == [0, 0, 1, 1] && validation.remark?.contains("drawn by class (seed 1)") == true)
            var batch = [Float](repeating: 9, count: 48)
            try batch.withUnsafeMutableBufferPointer { try test.fill($0, with: [1, 5]) }
            let wanted = [1, 52, 0].flatMap { [Float](repeating: $0 / 255, count: 16) }
            #expect(zip(batch, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test func ordersClassesByNumber() throws {
        try Fixture.withFolder { folder in
            for name in 0..<11 { for copy in 0..<2 { try write(grey(UInt8(name)), "\(name)/\(copy).png", in: folder) } }
            let data = try loader(folder.path, shape: [3, 4, 4]).load(.test)
            #expect(data.labels == (0..<11).map { Int32($0) } && data.classNames[10] == "10")
            #expect(try data.pixels(of: 10).floats == [Float](repeating: 10, count: 48))
        }
    }

    @Test func givesTheSamePixelsAheadAndOnDemand() throws {
        try Fixture.withFolder { folder in
            for picture in 0..<40 { try write(grey(UInt8(picture), size: 9), "\(100 + picture).png", in: folder) }
            var loader = loader(folder.path, shape: [1, 8, 8])
            // Room for ten pictures of 64 bytes.
            loader.pictureBudget = 640
            let data = try loader.load(.test)
            data.source?.expect(Array((0..<data.count).reversed()))
            let first = try (0..<data.count).map { try data.pixels(of: $0).floats[0] }
            let again = try (0..<data.count).map { try data.pixels(of: $0).floats[0] }
            #expect(first == again && first.count == 20 && Set(first).count == 20)
        }
    }

    private func refusal(_ bytes: [UInt8], name: String = "a.png") throws -> String {
        try Fixture.withFolder { folder in
            try write(bytes, name, in: folder)
            try write(bytes, "b" + name, in: folder)
            let data = try loader(folder.path, shape: [1, 4, 4]).load(.validation)
            do throws(ExampleFailure) { _ = try data.pixels(of: 0) } catch {
                return error.description.replacingOccurrences(of: folder.path + "/", with: "")
            }
            return "read"
        }
    }

    @Test func saysWhatIsWrongWithAPicture() throws {
        let whole = grey(7)
        #expect(try refusal(whole) == "read")
        #expect(
            try refusal(Array(whole.prefix(50))).contains("PNG: expected a whole picture in grey or colour, found the file ends early."))
        var damaged = whole
        damaged[45] ^= 0xFF
        #expect(try refusal(damaged).contains("PNG: expected a whole picture"))
        #expect(try refusal(Array("GIF89a".utf8)).contains("picture: expected PNG or JPEG, found other bytes."))
        #expect(try refusal([]).contains("expected PNG or JPEG"))
        // A bomb: 60,000 × 60,000 pixels in some bytes.
        let bomb = PNG.signature + PNG.header(width: 60_000, height: 60_000, channels: 1) + PNG.chunk("IDAT", [0])
        #expect(try refusal(bomb).contains("pixels in \(bomb.count) bytes, found 60000×60000."))
        let larger = PNG.signature + PNG.header(width: 1 << 30, height: 1 << 30, channels: 1)
        #expect(try refusal(larger).contains("PNG: expected a whole picture"))
        let jpeg = Array(try Data(contentsOf: fixtures.appendingPathComponent("colour.jpg")))
        #expect(try refusal(jpeg, name: "a.jpg") == "read")
        #expect(try refusal(Array(jpeg.prefix(jpeg.count / 2)), name: "a.jpg").contains("JPEG: expected a whole picture"))
        #expect(try refusal(Array(jpeg.prefix(20)), name: "a.jpg").contains("JPEG: expected a whole picture"))
    }

    @Test func survivesDamagedPictures() throws {
        var generator = SeededGenerator(seed: 12)
        let originals = try ["colour.png", "palette.png", "colour.jpg", "progressive.jpeg"].map {
            Array(try Data(contentsOf: fixtures.appendingPathComponent($0)))
        }
        var read = 0
        try Fixture.withFolder { folder in
            for round in 0..<400 {
                var bytes = originals[round % originals.count]
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    bytes[Int.random(in: 8..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                if round % 5 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
                try write(bytes, "a.png", in: folder)
                try write(bytes, "b.png", in: folder)
                let data = try loader(folder.path, shape: [3, 8, 8]).load(.validation)
                if (try? data.pixels(of: 0)) != nil { read += 1 }
            }
        }
        #expect(read > 10 && read < 390, "\(read) of 400 were read")
    }

    @Test func refusesEmptyFolders() throws {
        try Fixture.withFolder { folder in
            try FileManager.default.createDirectory(at: folder.appendingPathComponent("cat"), withIntermediateDirectories: true)
            #expect(Fixture.refusal { _ = try loader(folder.path, shape: [1, 4, 4]).load(.test) }?.kind == .missing)
        }
    }
}
