import Exports
import Formats
import Foundation
import Sessions
import TestSupport
import Testing

/// `pare train`, `pare compress` and retraining on the screen, by the built program on real data.
@Suite("Training by commands and keys", .enabled(if: Workplace.hasData), .serialized)
struct TrainingCommandTests {
    private let plan = """
        version: 1
        temperature: 4
        layers:
          fc1.weight: {level: 0.92}
          fc2.weight: {level: 0.85}
        """

    @Test("A network trained under a plan is written, and measures as the training said")
    func train() throws {
        let place = try Workplace()
        let plan = try place.write(plan, to: "plan.yaml")
        let output = place.path + "/small.onnx"
        let run = try place.run(
            "train", "lenet-300-100", "--plan", plan, "--teacher", "original", "--epochs", "1", "--rate", "0.02", "-o", output, "--json")
        #expect(run.code == 0, "\(run.message)")
        let lines = try run.output.split(separator: "\n").map(Self.object)
        #expect(lines.compactMap { $0["event"] as? String } == ["epoch", "epoch", "result"])
        let result = try #require(lines.last)
        let validation = try #require(result["validation"] as? [String: Any])
        let before = try #require((lines.first?["epoch"] as? [String: Any])?["accuracy"] as? Double)
        let after = try #require(validation["current"] as? Double)
        #expect(after > before && after > 0.85)
        let report = try #require(try place.run("report", output, "--json").json as? [String: Any])
        let accuracy = try #require(report["accuracy"] as? [String: Any])
        #expect(accuracy["current"] as? Double == after)
        let zeros = try #require(report["sparsity"] as? Double)
        #expect(abs(zeros - (0.92 * 235_200 + 0.85 * 30_000) / 266_200) < 1e-5)
    }

    @Test("A schedule's stages are kept in a session, and each can be measured again to the example")
    func compress() throws {
        let place = try Workplace()
        let schedule = try place.write(
            """
            version: 1
            stages:
              - name: prune
                plan: {lossWeights: {distillation: 0.5, student: 0.5}, layers: {fc1.weight: {level: 0.9}}}
                train: {epochs: 1, rate: 0.02, teachers: [original]}
              - name: share
                plan: {layers: {fc1.weight: {level: 0.9, shared: {bits: 4}}}}
            """, to: "schedule.yaml")
        let run = try place.run("compress", "lenet-300-100", "--schedule", schedule, "--session", "stages", "--json")
        #expect(run.code == 0, "\(run.message)")
        let results = try run.output.split(separator: "\n").map(Self.object).filter { $0["event"] as? String == "result" }
        #expect(results.count == 2)
        for (index, name) in ["1/2 prune", "2/2 share"].enumerated() {
            let report = try #require(try place.run("report", "--session", "stages@\(name)", "--json").json as? [String: Any])
            let measured = try #require((report["accuracy"] as? [String: Any])?["current"] as? Double)
            let told = try #require((results[index]["validation"] as? [String: Any])?["current"] as? Double)
            #expect(measured == told, "\(name)")
        }
        let changes = try place.read("stages").history.changes
        #expect(
            changes.map(\.lossWeightsAfter?.distillation) == [0.5, 0.9] && changes.map(\.lossWeightsBefore?.distillation) == [0.9, 0.5])
    }

    @Test("Distiller's schedule of filters ends in a smaller network, which is written and measures as was said")
    func thinned() throws {
        let place = try Workplace()
        let schedule = try place.write(
            """
            pruners:
              units:
                class: L1RankedStructureParameterPruner
                desired_sparsity: 0.5
                group_type: Filters
                weights: [module.fc1.weight, module.fc2.weight]
            extensions:
              thinner: {class: FilterRemover, thinning_func_str: remove_filters, arch: lenet, dataset: mnist}
            policies:
              - {pruner: {instance_name: units}, epochs: [0]}
              - {extension: {instance_name: thinner}, epochs: [0]}
            """, to: "distiller.yaml")
        let output = place.path + "/thin.onnx"
        let run = try place.run(
            "compress", "lenet-300-100", "--schedule", schedule, "--session", "thin", "-o", output, "--json")
        #expect(run.code == 0, "\(run.message)")
        let result = try #require(try run.output.split(separator: "\n").map(Self.object).last)
        let told = try #require((result["validation"] as? [String: Any])?["current"] as? Double)
        #expect(result["message"] as? String == "thinned: fc1 150 of 300, fc2 50 of 100 channels stay.")
        #expect(result["multiplyAdds"] as? Int == 150 * 784 + 50 * 150 + 10 * 50)
        let network = try NetworkReader.read(output)
        #expect(network.layers.map(\.shape) == [[150, 784], [50, 150], [10, 50]] && told > 0.8)
        for measured in [[output], ["--session", "thin"]] {
            let report = try #require(try place.run(["report"] + measured + ["--json"]).json as? [String: Any])
            #expect((report["accuracy"] as? [String: Any])?["current"] as? Double == told)
        }
    }

    @Test("A plan that differs in its loss weights alone is taken when a session opens, and can be undone")
    func lossWeightsAlone() throws {
        let place = try Workplace()
        let plan = try place.write("version: 1\nlossWeights: {distillation: 0.4, student: 0.6}\n", to: "plan.yaml")
        let first = try place.start(["explore", "lenet-300-100", "--plan", plan, "--session", "mine", "--no-mouse"])
        try first.expect("fc1")
        first.send("q")
        #expect(first.waitForEnd() == .exited(0))
        #expect(try place.read("mine").plan.lossWeights.distillation == 0.4)
        let second = try place.start(["explore", "--session", "mine", "--no-mouse"])
        try second.expect("fc1")
        try second.type("u", "undo: plan from")
        second.send("q")
        #expect(second.waitForEnd() == .exited(0))
        #expect(try place.read("mine").plan.lossWeights.distillation == 0.9)
    }

    @Test("Wrong names are refused with the near ones, before anything is trained")
    func refusals() throws {
        let place = try Workplace()
        let schedule = try place.write(
            """
            version: 1
            pruners:
              mine: {class: SensitivityPruner, sensitivities: {fc11.weight: 0.5}}
            policies:
              - pruner: {instance_name: mine}
                starting_epoch: 0
                ending_epoch: 1
                frequency: 1
            """, to: "schedule.yaml")
        let wrong = try place.run("compress", "lenet-300-100", "--schedule", schedule)
        #expect(wrong.code == 65)
        #expect(wrong.message.contains("no layer matches 'fc11.weight'; near: fc1.weight"))
        #expect(try place.run("train", "--architecture", "lenet-6").message.contains("lenet-5"))
        let nowhere = try place.run("train", "lenet-300-100", "-o", place.path + "/none/x.onnx")
        #expect(nowhere.code == 73 && nowhere.message.contains("there is no folder"))
        for command in [["train", "lenet-300-100"], ["compress", "lenet-300-100", "--schedule", "deep-compression-lenet-300-100"]] {
            for name in ["x.zip", "x", "x.onnx.bak"] {
                let unknown = try place.run(command + ["-o", place.path + "/" + name])
                #expect(unknown.code == 64)
                #expect(unknown.message.contains("give it one of .onnx, .qdq.onnx, .safetensors, .c, .pare"), "\(unknown.message)")
            }
        }
    }

    @Test("Every ending of an export is one of a training: what is written measures as the training said")
    func trainedFormats() throws {
        let place = try Workplace()
        let plan = try place.write(
            "version: 1\nlayers:\n  fc1.weight: {level: 0.9, shared: {bits: 4}}\n  fc2.weight: {linear: {bits: 8}}\n", to: "plan.yaml")
        for name in ["small.pare", "small.qdq.onnx", "small.safetensors", "small.c"] {
            let output = place.path + "/" + name
            let run = try place.run(
                "train", "lenet-300-100", "--plan", plan, "--epochs", "1", "--rate", "0.001", "-o", output, "--json")
            #expect(run.code == 0, "\(run.message)")
            let result = try Self.object(try #require(run.output.split(separator: "\n").last))
            let told = try #require((result["validation"] as? [String: Any])?["current"] as? Double)
            #expect(FileManager.default.fileExists(atPath: output))
            guard !name.hasSuffix(".c"), !name.hasSuffix(".safetensors") else { continue }
            let report = try #require(try place.run("report", output, "--json").json as? [String: Any])
            #expect((report["accuracy"] as? [String: Any])?["current"] as? Double == told, "\(name)")
            #expect(try ModelCardReader.card(besides: output)?.sha256 == FileHash.sha256(path: output))
        }
        // As `pare export` writes it: far below the 1,066,440 bytes of float32, with the card inside.
        let content = try PareFile.read(place.path + "/small.pare")
        #expect(content.table.total < 100_000 && content.table.card > 0)
    }

    @Test("The card of a trained network has the normalization that was given")
    func givenNormalization() throws {
        let place = try Workplace()
        let output = place.path + "/given.onnx"
        let run = try place.run(
            "train", "lenet-300-100", "--epochs", "1", "--rate", "0.001", "--scale", "0.0078125", "--mean", "0.5", "--std", "0.25", "-o",
            output)
        #expect(run.code == 0, "\(run.message)")
        let input = try ModelCardReader.card(besides: output)?.input
        #expect(input?.scale == 0.0078125 && input?.mean == [0.5] && input?.standardDeviation == [0.25])
    }

    @Test("--resume refuses every option that the checkpoint fixes, and names those that were given")
    func resumeRefusesOptions() throws {
        let place = try Workplace()
        let checkpoint = place.path + "/run.safetensors"
        let given = [
            ["--epochs", "2"], ["--batch", "128"], ["--optimizer", "adamw"], ["--momentum", "0.5"], ["--nesterov"], ["--rate", "0.5"],
            ["--course", "steps"], ["--gamma", "0.5", "--course", "steps"], ["--milestones", "1", "--course", "steps"], ["--warm-up", "1"],
            ["--weight-decay", "0.1"],
            ["--clip", "1"],
            ["--seed", "9"], ["--shift", "1"], ["--flip"], ["--erasing", "0.1"], ["--teacher", "original"], ["--assignment", "fisher"],
            ["--learn-clips"], ["--temperature", "2"], ["--distillation", "0.5"], ["--plan", "p.yaml"],
        ]
        for option in given {
            let run = try place.run(["train", "lenet-300-100", "--resume", checkpoint] + option)
            #expect(
                run.code == 64 && run.message.contains("A checkpoint has its own plan, recipe and architecture: leave"),
                "\(option): \(run.code) \(run.message)")
            #expect(run.message.contains(option[0]))
        }
        let several = try place.run("train", "lenet-300-100", "--resume", checkpoint, "--epochs", "10", "--rate", "0.01", "--seed", "1")
        #expect(several.code == 64 && several.message.contains("leave --epochs, --rate, --seed out"))
        let missing = try place.run("train", "lenet-300-100", "--resume", checkpoint)
        #expect(missing.code == 66 && missing.message.contains("There is no checkpoint"))
    }

    @Test("An option that the others leave without effect is refused")
    func idleOptions() throws {
        let place = try Workplace()
        let idle = [
            ["--momentum", "0.5", "--optimizer", "adamw"], ["--nesterov", "--optimizer", "adamw"], ["--gamma", "0.5"],
            ["--milestones", "1", "--course", "exponential"], ["--warm-up", "1", "--course", "one-cycle"],
        ]
        for options in idle {
            let run = try place.run(["train", "--architecture", "mlp-10", "--epochs", "0"] + options)
            #expect(run.code == 64 && run.message.contains("\(options[0]) has an effect only with"), "\(options): \(run.message)")
        }
    }

    @Test("A rate that is far too high: noticed, the best state kept, with what to lower")
    func divergence() throws {
        let place = try Workplace()
        let run = try place.run("train", "lenet-300-100", "--epochs", "1", "--rate", "500")
        #expect(run.message.contains("lower the rate (500; try 50)"))
        #expect(run.output.contains("90.40%"))
    }

    @Test("r and Enter: accuracy comes back, and the session opens with the same network, pruned weights exactly 0")
    func retrainOnScreen() throws {
        let place = try Workplace()
        let plan = try place.write(plan, to: "plan.yaml")
        let first = try place.start(["explore", "lenet-300-100", "--plan", plan, "--session", "mine", "--no-mouse"])
        try first.expect("of 10,000")
        try first.type("r", "Enter start")
        first.send("1\r\r")
        try first.expect("retrain 1 epoch:", seconds: 60)
        first.send("q")
        #expect(first.waitForEnd() == .exited(0))
        let contents = try place.read("mine")
        let state = try #require(contents.state)
        #expect(contents.states.first { $0.id == state }?.epochs == 1)
        let network = try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-300-100.onnx").path)
        let kept = try SessionFolder.state(state, path: place.session("mine"), of: network)
        let weights = try #require(kept.layers["fc1.weight"]?.compressed.weights.floats)
        #expect(weights.count { $0 == 0 } == Int((0.92 * 235_200).rounded()))
        let told = try #require(contents.states.first { $0.id == state }?.accuracy)
        let report = try #require(try place.run("report", "--session", "mine", "--json").json as? [String: Any])
        #expect((report["accuracy"] as? [String: Any])?["current"] as? Double == told)
    }

    private static func object(_ line: Substring) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
}
