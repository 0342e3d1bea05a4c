import Foundation
import Testing

/// Networks that read pictures [H, W, C] with the same pictures in every form; Scripts/make-channel-fixtures.py.
@Suite("Networks with channels last", .serialized)
struct ChannelsLastTests {
    private struct About: Decodable {
        var count: Int
        var crossEntropy: Double
    }

    private static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/channels")
    private static let normalization = ["--mean", "0.4,0.5,0.6", "--std", "0.2,0.25,0.3"]

    private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

    @Test(
        "Pictures enter in the order that the network reads, whatever theirs is", arguments: ["fixed.onnx", "open.onnx"],
        ["last.npz", "first.npz", "pictures"])
    func orders(network: String, data: String) throws {
        let about = try JSONDecoder().decode(About.self, from: Data(contentsOf: URL(fileURLWithPath: path("about.json"))))
        let place = try Workplace()
        let layout = data == "last.npz" ? ["--layout", "nhwc"] : data == "first.npz" ? ["--layout", "nchw"] : []
        for options in [[], layout] {
            let run = try place.run(["report", path(network), "--data", path(data), "--json"] + Self.normalization + options)
            let json = try #require(run.json as? [String: Any], "\(run)")
            let accuracy = try #require(json["accuracy"] as? [String: Any], "\(run)")
            #expect(accuracy["current"] as? Double == 1 && accuracy["evaluated"] as? Int == about.count, "\(accuracy)")
            #expect(abs((accuracy["crossEntropy"] as? Double ?? 99) - about.crossEntropy) < 1e-6, "\(accuracy)")
            let input = (json["data"] as? [String: Any])?["input"] as? [String: Any]
            #expect(input?["shape"] as? [Int] == [8, 10, 3], "\(input ?? [:])")
        }
    }

    @Test("An order that can't be theirs is refused with the other one")
    func refusal() throws {
        let place = try Workplace()
        for (data, layout, other) in [("last.npz", "nchw", "nhwc"), ("first.npz", "nhwc", "nchw")] {
            let run = try place.run("report", path("fixed.onnx"), "--data", path(data), "--layout", layout)
            #expect(run.code == 65 && run.message.contains("Say --layout \(other)"), "\(run)")
        }
    }

    @Test("A training shifts, turns and erases pictures, not channels")
    func training() throws {
        let place = try Workplace()
        let files = ["last.npz", "first.npz"].map { place.path + "/\($0).onnx" }
        for (data, file) in zip(["last.npz", "first.npz"], files) {
            let run = try place.run(
                ["train", path("fixed.onnx"), "--data", path(data), "--epochs", "2", "--batch", "8", "--shift", "1", "--flip", "-o", file]
                    + Self.normalization)
            #expect(run.code == 0, "\(run)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: files[0])) == Data(contentsOf: URL(fileURLWithPath: files[1])))
    }
}
