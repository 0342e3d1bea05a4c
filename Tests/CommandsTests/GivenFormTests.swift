import Foundation
import Testing

@Suite("What a layer came with", .enabled(if: Workplace.hasData), .serialized)
struct GivenFormTests {
    private func fixture(_ name: String) -> String { Workplace.root.appendingPathComponent("Tests/Fixtures/types/\(name).onnx").path }

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

    @Test(
        "Weights of 16 bits are counted as such: what nothing was done to is as large as it came",
        arguments: ["half-large", "brain", "half-conv"])
    func halves(name: String) throws {
        let place = try Workplace()
        let file = fixture("\(name)")
        let run = try place.run("report", file, "--json", "--generate", "normal", "--count", "4")
        let json = try #require(run.json as? [String: Any], "\(run)")
        let bytes = try #require(json["bytes"] as? [String: Any])
        let parameters = try #require((json["network"] as? [String: Any])?["parameters"] as? Int)
        #expect(bytes["original"] as? Int == 4 * parameters && bytes["stored"] as? Int == 2 * parameters)
        #expect(bytes["ratioOfCame"] as? Double == 1 && bytes["came"] as? Int == 2 * parameters && bytes["ratio"] as? Double == 2)
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(layers.allSatisfy { $0["stored"] as? String == (name == "brain" ? "bfloat16" : "float16") && $0["bits"] as? Int == 16 })
        let text = try place.run("report", file, "--generate", "normal", "--count", "4").output
        #expect(text.contains("1.0× of what came, 2.0× of"), "\(text)")
        // Pruned by half with an index among the values: never counted as 32 bits again.
        let plan = try place.write("version: 1\nlayers: {'*': {level: 0.05}}\n", to: "plan.yaml")
        let pruned = try #require(
            try place.run("report", file, "--plan", plan, "--json", "--generate", "normal", "--count", "4").json as? [String: Any])
        #expect(((pruned["bytes"] as? [String: Any])?["ratioOfCame"] as? Double ?? 0) >= 1)
        let info = try #require(try place.run("info", file, "--json").json as? [String: Any])
        #expect(info["storedBytes"] as? Int == 2 * parameters && info["float32Bytes"] as? Int == 4 * parameters)
    }

    @Test("Weights of 64 bits are read, counted and written as float32, which is said")
    func doubles() throws {
        let place = try Workplace()
        let run = try place.run("report", fixture("double"), "--json", "--generate", "normal", "--count", "4")
        let bytes = try #require((run.json as? [String: Any])?["bytes"] as? [String: Any], "\(run)")
        #expect(bytes["ratioOfCame"] as? Double == 1 && bytes["stored"] as? Int == bytes["original"] as? Int)
        #expect(run.message.contains("float64") && run.message.contains("read as float32"), "\(run.message)")
    }

    @Test("Integers with scales stay such: what is read of a file is written again in as many bytes", arguments: [4, 8], [false, true])
    func kept(bits: Int, isPerChannel: Bool) throws {
        let place = try Workplace()
        let plan = try place.write(
            "version: 1\nlayers: {'*': {linear: {bits: \(bits), perChannel: \(isPerChannel)}}}\n", to: "plan.yaml")
        for (format, name, type) in [("onnx-qdq", "q.onnx", "int\(bits)"), ("pare", "q.pare", "grid")] {
            let file = place.path + "/" + name
            #expect(try place.run("export", "lenet-300-100", "--plan", plan, "--format", format, "-o", file).code == 0)
            let found = try layers(place, file)
            // Nothing was pruned, so that there is no noise, not one of rounding either.
            let report = try #require(try place.run("report", file, "--json").json as? [String: Any])
            let noise = (report["layers"] as? [[String: Any]])?.compactMap { $0["signalToNoise"] as? [String: Any] } ?? []
            #expect(noise.count == found.count && noise.allSatisfy { $0["pruning"] is NSNull && $0["whole"] is NSNull }, "\(noise)")
            if isPerChannel { #expect(found.first?.stored == "\(type) × 300" && found.allSatisfy { $0.bits == bits }, "\(found)") }
            let text = try place.run("report", file).output
            #expect(!text.contains("not kept as such"), "\(text)")
            let again = place.path + "/again-" + name
            let run = try place.run("export", file, "--format", format, "-o", again)
            #expect(run.code == 0 && !run.output.contains("Not kept as such"), "\(run)")
            if format == "onnx-qdq" { #expect(run.output.contains("fc1 int\(bits)"), "\(run.output)") }
            let sizes = try [file, again].map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
            // The name of the network is that of the file.
            #expect(abs(sizes[0] - sizes[1]) < 20, "\(format) \(bits) \(isPerChannel): \(sizes)")
        }
    }

    @Test(
        "Codebooks by channel, scales by group and lattices stay such in containers",
        arguments: [
            ("{shared: {bits: 3, perChannel: true}}", "codebook × 100"), ("{nf4: {group: 64}}", "nf4 × "),
            ("{linear: {bits: 4, group: 64}}", "grid × "),
        ])
    func keptInContainers(plan: String, stored: String) throws {
        let place = try Workplace()
        let file = place.path + "/q.pare"
        let text = try place.write("version: 1\nlayers: {'fc2.weight': \(plan)}\n", to: "plan.yaml")
        let made = try place.run("export", "lenet-300-100", "--plan", text, "--format", "pare", "-o", file)
        #expect(made.code == 0 && !made.output.contains("Not kept as such"), "\(made)")
        #expect(try layers(place, file)[1].stored.hasPrefix(stored))
        #expect(try !place.run("report", file).output.contains("not kept as such"))
        let run = try place.run("export", file, "--format", "pare", "-o", place.path + "/again.pare")
        #expect(run.code == 0 && !run.output.contains("Not kept as such"), "\(run)")
        let sizes = try [file, place.path + "/again.pare"].map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 }
        #expect(abs(sizes[0] - sizes[1]) < 100, "\(sizes)")
    }
}
