import Exports
import Formats
import Foundation
import TestSupport
import Testing

/// Groups, thinned networks and replaced layers, as ONNX Runtime sees them.
@Suite("Groups and thinned networks proven from outside", .serialized)
struct GroupProofTests {
    static let script = Workplace.root.appendingPathComponent("Scripts/proofs-groups.py").path

    @Test(
        "Members of groups change places and the logits stay; a thinned file is the network in which what went is zero",
        .enabled(if: ExportCommandTests.hasRuntime),
        arguments: [ChannelNetwork.Kind.shuffleNetV2, .swin, .visionTransformer, .efficientNet, .residualA, .grouped])
    func groups(kind: ChannelNetwork.Kind) throws {
        let place = try Workplace()
        let file = place.path + "/\(kind).onnx"
        try NetworkWriter.write(ChannelNetwork.network(kind), to: file)
        let (code, output) = try ExportSamples.run(
            ExportCommandTests.python, [Self.script, Workplace.program, file, "--sample", "1"])
        #expect(code == 0 && output.contains(": \(kind)") && !output.contains("groups thinned 0,"), "\(output)")
    }

    @Test(
        "ONNX Runtime predicts the same on 1,000 images for networks with fewer filters and with modules",
        .enabled(if: ExportCommandTests.hasRuntime && Workplace.hasData))
    func thinned() throws {
        let place = try Workplace()
        let network = try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-5.onnx").path)
        let (images, _) = try ExportSamples.examples(1_000, of: network)
        try ExportSamples.write(images, to: place.path + "/images")
        var arguments = [Workplace.root.appendingPathComponent("Scripts/check-exports.py").path, place.path + "/images", "1x28x28"]
        let changes = [
            ["--filters", "conv*:25%", "--filters", "fc1:50%"], ["--replace", "conv2:fire 16 25"], ["--replace", "conv2:separable 2"],
            ["--filters", "conv1:4", "--replace", "conv2:pointwise"],
        ]
        for (index, change) in changes.enumerated() {
            let (file, reference) = (place.path + "/\(index).onnx", place.path + "/\(index).pare")
            for path in [file, reference] {
                let run = try place.run(["thin", "lenet-5"] + change + ["--no-repair", "-o", path])
                #expect(run.code == 0, "\(run.message)")
            }
            let logits = place.path + "/\(index).logits"
            try ExportSamples.write(try ExportSamples.logits(try PareFile.read(reference).network, images), to: logits)
            arguments += [file, logits]
        }
        let (code, output) = try ExportSamples.run(ExportCommandTests.python, arguments)
        #expect(code == 0, "\(output)")
        let lines = output.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(lines.count == changes.count)
        for line in lines {
            #expect(line["examples"] as? Int == 1_000 && line["different"] as? Int == 0, "\(line)")
            #expect(try #require(line["largest"] as? Double) < 1e-5, "\(line)")
        }
    }
}
