import Compression
import Exports
import Formats
import Foundation
import Networks
import TestSupport
import Testing

@Suite("Filters removed without a screen", .serialized)
struct ThinCommandTests {
    @Test("what goes is said and written as indices; the file is the network without it")
    func removes() throws {
        let place = try Workplace()
        let (path, list) = (place.path + "/small.onnx", place.path + "/removed.json")
        let run = try place.run(
            "thin", "lenet-5", "--filters", "conv1:25%", "--filters", "fc1:50% fpgm", "-o", path, "--removed", list)
        #expect(run.code == 0, "\(run.message)")
        #expect(run.output.contains("conv1: 5 of 20 filters go by L1 norm, 15 stay"))
        #expect(run.output.contains("fc1: 244 of 500 units go by distance to the others (FPGM), 256 stay"))
        let (original, small) = (
            try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-5.onnx").path), try NetworkReader.read(path)
        )
        let removed = try JSONDecoder().decode([RemovedFilters].self, from: Data(contentsOf: URL(fileURLWithPath: list)))
        #expect(removed.map(\.layer) == ["conv1.weight", "fc1.weight"] && removed.map(\.criterion) == [.l1, .fpgm])
        let gone = try #require(removed.first?.groups.first?.members.first)
        #expect(gone.parameter == "conv1.weight" && gone.axis == 0 && gone.indices.count == 5)
        let (old, new) = (try #require(original.parameters["conv1.weight"]), try #require(small.parameters["conv1.weight"]))
        let rows = (0..<20).filter { !gone.indices.contains($0) }.flatMap { Array(old.values.floats[$0 * 25..<($0 + 1) * 25]) }
        #expect(new.shape == [15, 1, 5, 5] && new.values.floats == rows)
        #expect(small.parameters["fc1.weight"]?.shape == [256, 800] && small.parameters["fc2.weight"]?.shape == [10, 256])
        #expect(run.output.contains("parameters 431,080 → \(small.parameterCount / 1_000),"))
    }

    @Test("a pattern passes by what is held and says so; a layer that was named is an error, and so is what is no amount")
    func refusals() throws {
        let place = try Workplace()
        let path = place.path + "/small.onnx"
        let run = try place.run("thin", "lenet-5", "--filters", "fc*:10", "-o", path)
        #expect(run.code == 0 && run.output.contains("fc2: its units stay: they leave the network as 'logits'"))
        let held = try place.run("thin", "lenet-5", "--filters", "fc2:1", "-o", path)
        #expect(held.code == 65 && held.message.contains("the units of fc2 stay: they leave the network as 'logits'"))
        for arguments in [["--filters", "conv9:1"], ["--filters", "conv1:20"], ["--filters", "conv1"], []] {
            #expect(try place.run(["thin", "lenet-5"] + arguments + ["-o", path]).code == 64, "\(arguments)")
        }
        #expect(try place.run("thin", "lenet-5", "--filters", "conv1:1", "-o", place.path + "/small.txt").code == 64)
        let unread = try place.run("thin", "lenet-5", "--filters", "conv1:abc", "-o", path)
        #expect(unread.code == 64 && unread.message.contains("--filters conv1:abc: 'abc' is no word of a removal; there are criteria (l1,"))
        #expect(unread.message.contains("--filters 'conv1:25% l2'"))
        let typo = try place.run("thin", "lenet-5", "--filters", "conv1:25% tailor", "-o", path)
        #expect(typo.code == 64 && typo.message.contains("'tailor' is no word of a removal; did you mean taylor?"))
        let ghost = try place.run("thin", "lenet-5", "--replace", "conv2:fyre 16", "-o", path)
        #expect(ghost.code == 64 && ghost.message.contains("conv2:fyre 16: 'fyre' is no module; did you mean fire? there are fire SQUEEZE"))
        let steps = try place.run("thin", "lenet-5", "--filters", "conv1:5 x3", "-o", path)
        #expect(steps.code == 64 && steps.message.contains("say them by --steps"))
    }

    @Test("the shape alone: as small, with weights of its own that the seed tells; an ending says the format")
    func fresh() throws {
        let place = try Workplace()
        let paths = ["1.onnx", "2.onnx", "3.pare"].map { place.path + "/" + $0 }
        for (path, seed) in zip(paths, ["1", "2", "1"]) {
            let run = try place.run("thin", "lenet-5", "--filters", "conv1:25%", "--fresh", "--seed", seed, "-o", path)
            #expect(run.code == 0 && run.output.contains("all weights are drawn anew by seed \(seed)") && !run.output.contains("fitted"))
        }
        let weights = try paths.map { try #require(try NetworkFile.read($0).network.parameters["conv1.weight"]).values.floats }
        #expect(weights[0].count == 15 * 25 && weights[0] == weights[2] && weights[0] != weights[1])
        #expect(try place.run("export", paths[0], "-o", place.path + "/same.pare").code == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path + "/same.pare")).starts(with: PareContainer.magic))
        let unnamed = try place.run("export", paths[0], "-o", place.path + "/same.bin")
        #expect(unnamed.code == 64 && unnamed.message.contains("no ending that says what to write"))
    }

    @Test("info lists groups with members, exactness and what freezes them, as text and as JSON")
    func groups() throws {
        let place = try Workplace()
        let run = try place.run("info", "lenet-5", "--groups")
        #expect(run.code == 0 && run.output.contains("3 groups of channels can be made smaller, 2 are frozen"))
        #expect(
            run.output.contains("50 of conv2\n  conv2.weight axis 0  maker\n  conv2.bias axis 0  shift\n  fc1.weight axis 1 × 16  reader"))
        #expect(run.output.contains("frozen: they leave the network as 'logits'"))
        let path = place.path + "/vit.onnx"
        try NetworkWriter.write(ChannelNetwork.network(.visionTransformer), to: path)
        for (whole, channels) in [("heads", 3), ("dimensions", 4)] {
            let json = try place.run("info", path, "--groups", "--whole", whole, "--json").json as? [String: Any]
            let groups = try #require(json?["groups"] as? [[String: Any]])
            #expect(groups.count { $0["frozen"] == nil } == 5 && groups.count { $0["inexact"] != nil } >= 1)
            let own = groups.filter { ($0["layers"] as? [String])?.contains("fc1") == true }
            #expect(own.map { $0["channels"] as? Int } == [channels])
        }
    }

    @Test("a Python file for Torch-Pruning names modules, sides and indices, compiles, and refuses what it can't say")
    func script() throws {
        let place = try Workplace()
        let (path, list) = (place.path + "/prune.py", place.path + "/removed.json")
        let run = try place.run(
            "thin", "lenet-5", "--filters", "conv1:25%", "--filters", "fc1:50%", "--format", "torch-pruning", "-o", path, "--removed", list)
        #expect(run.code == 0 && run.output.contains("prune(model) repeats it"), "\(run.message)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let removed = try JSONDecoder().decode([RemovedFilters].self, from: Data(contentsOf: URL(fileURLWithPath: list)))
        for (filters, lines) in zip(
            removed,
            [[("conv1", "conv", "out", 20), ("conv2", "conv", "in", 20)], [("fc1", "linear", "out", 500), ("fc2", "linear", "in", 500)]])
        {
            let indices = try #require(filters.groups.first?.members.first?.indices).map(String.init).joined(separator: ", ")
            for (module, kind, side, count) in lines {
                #expect(text.contains("(\"\(module)\", \"\(kind)\", \"\(side)\", \(count), [\(indices)]),"))
            }
        }
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-m", "py_compile", path]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        let others = [(".onnx", "--format onnx"), (".qdq.onnx", "--format onnx-qdq"), (".pare", "--format pare"), (".yaml", "a plan")]
        for (ending, words) in others {
            let other = place.path + "/prune" + ending
            let run = try place.run("thin", "lenet-5", "--filters", "conv1:25%", "--format", "torch-pruning", "-o", other)
            #expect(run.code == 64 && run.message.contains("has the ending of \(words), and --format is torch-pruning"), "\(run.message)")
            #expect(!FileManager.default.fileExists(atPath: other))
        }
        let script = try place.run("thin", "lenet-5", "--filters", "conv1:25%", "--format", "onnx", "-o", place.path + "/small.py")
        #expect(script.code == 64 && script.message.contains("has the ending of --format torch-pruning, and --format is onnx"))
        let wrong = try place.run("thin", "lenet-5", "--replace", "conv2:fire 16", "--format", "torch-pruning", "-o", path)
        #expect(wrong.code == 64)
    }

    @Test("layers ranked together until a cost is reached, measured on examples, in steps; what stays and why is said")
    func aim() throws {
        let place = try Workplace()
        let path = place.path + "/small.onnx"
        let run = try place.run(
            "thin", "lenet-5", "--macs", "60%", "--ranking", "global", "--criterion", "mean", "--examples", "32", "--steps", "2",
            "--no-repair",
            "-o", path)
        #expect(run.code == 0 && run.output.contains("go by mean activation, ranked over all layers"), "\(run.message)")
        #expect(run.output.contains("in 2 steps") && run.output.contains("32 examples of the training split"))
        let (original, small) = (
            try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-5.onnx").path), try NetworkReader.read(path)
        )
        let share = Double(try small.multiplyAdds().reduce(0, +)) / Double(try original.multiplyAdds().reduce(0, +))
        #expect(share <= 0.6 && share > 0.4)
        let far = try place.run("thin", "lenet-5", "--macs", "1%", "--no-repair", "-o", path)
        #expect(far.code == 65 && far.message.contains("% of the multiply-adds are left where as much goes as can"))
        for arguments in [["--macs", "0%"], ["--macs", "50%", "--parameters", "50%"], ["--filters", "conv1", "--steps", "2"]] {
            #expect(try place.run(["thin", "lenet-5"] + arguments + ["-o", path]).code == 64, "\(arguments)")
        }
    }
}
