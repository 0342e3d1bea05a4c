import Foundation
import Testing

@Suite("What a layer came with", .enabled(if: Workplace.hasData), .serialized)
struct GivenFormTests {
    private func layers(_ place: Workplace, _ model: String) throws -> [(stored: String, bits: Int, dense: Int, huffman: Int)] {
        let report = try #require(try place.run("report", model, "--json").json as? [String: Any])
        return try #require(report["layers"] as? [[String: Any]]).map { layer in
            let bytes = layer["bytes"] as? [String: Any]
            return (
                layer["stored"] as? String ?? "", layer["bits"] as? Int ?? 0, bytes?["dense"] as? Int ?? 0, bytes?["huffman"] as? Int ?? 0
            )
        }
    }

    @Test("A codebook or a grid stands in the row with its bits, and is what is counted")
    func found() throws {
        let place = try Workplace()
        let plan = try place.write(
            "version: 1\nlayers: {'fc1.weight': {shared: {bits: 4}}, 'fc2.weight': {linear: {bits: 5}}}\n", to: "plan.yaml")
        let file = place.path + "/given.onnx"
        #expect(try place.run("export", "lenet-300-100", "--plan", plan, "--format", "onnx", "-o", file).code == 0)
        let found = try layers(place, file)
        #expect(found.map(\.stored) == ["codebook", "grid", "float32"] && found.map(\.bits) == [4, 5, 32])
        #expect(found[0].huffman < found[0].dense / 7 && found[1].huffman < found[1].dense / 6 && found[2].huffman == found[2].dense)
        let text = try place.run("report", file).output
        #expect(text.contains("codebook") && text.contains("grid") && !text.contains("not kept as such"))
    }

    @Test("Integers with a scale a channel are named in the row, and what is not kept of them is said, by report and export")
    func notKept() throws {
        let place = try Workplace()
        let plan = try place.write("version: 1\nlayers: {'*': {linear: {bits: 8, perChannel: true}}}\n", to: "plan.yaml")
        for (format, name, stored) in [("onnx-qdq", "q.onnx", "int8 × 300"), ("pare", "q.pare", "grid × 300")] {
            let file = place.path + "/" + name
            #expect(try place.run("export", "lenet-300-100", "--plan", plan, "--format", format, "-o", file).code == 0)
            let found = try layers(place, file)
            #expect(found.first?.stored == stored && found.allSatisfy { $0.bits == 8 })
            let text = try place.run("report", file).output
            #expect(text.contains("not kept as such: fc1 (\(stored))"))
            let run = try place.run("export", file, "--format", "pare", "-o", place.path + "/again.pare")
            #expect(run.code == 0 && run.output.contains("Not kept as such") && run.output.contains("fc1 (\(stored))"))
        }
        let plain = try place.run("export", "lenet-300-100", "--plan", plan, "--format", "pare", "-o", place.path + "/plain.pare")
        #expect(!plain.output.contains("Not kept as such"))
    }
}
