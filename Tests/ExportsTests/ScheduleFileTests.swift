import Compression
import Exports
import Foundation
import Networks
import Tensors
import Testing

@Suite("Schedule files")
struct ScheduleFileTests {
    let layers = ScheduleFixture.layers

    @Test("Every key")
    func everyKey() throws {
        let schedule = try ScheduleFile.schedule(
            from: """
                version: 1
                stages:
                  - name: prune
                    plan:
                      temperature: 4
                      lossWeights: {distillation: 0.7, student: 0.3}
                      layers: {conv1: {ratio: 0.5}, '*': {level: 0.9}}
                    hand-on: compressed
                    train:
                      epochs: 3
                      batch: 32
                      optimizer: {sgd: {momentum: 0.8, nesterov: true}}
                      rate: 0.1
                      course: {steps: {factor: 0.1, epochs: [1, 2]}}
                      warm-up: 0.5
                      weight-decay: 0.0005
                      clip: 2
                      seed: 9
                      teachers: [original, big.onnx]
                      assignment: fisher
                      learn-clips: true
                      augmentation: {shift: 1, flips: true, erasing: 0.25}
                    policies:
                      - {name: agp, start: 0, end: 3, gradual: {initial: 0.1, final: 0.9, weights: [fc1.weight]}}
                      - {end: 3, frequency: 2, batch-frequency: 10, level: {fc2.weight: 0.5}}
                  - {plan: {layers: {fc1: {shared: {bits: 5}}}}, train: {optimizer: adamw, course: one-cycle}}
                  - {}
                """, for: layers)
        let recipe = TrainingRecipe(
            epochs: 3, batchSize: 32, optimizer: .sgd(momentum: 0.8, isNesterov: true),
            rate: LearningRate(rate: 0.1, course: .steps(factor: 0.1, epochs: [1, 2]), warmUp: 0.5), weightDecay: 0.0005, gradientClip: 2,
            seed: 9, augmentation: Augmentation(shift: 1, flips: true, erasing: 0.25), teachers: [.original, .file("big.onnx")],
            assignment: .fisher, learnsClips: true)
        #expect(schedule.stages.map(\.name) == ["prune", "stage 2", "stage 3"])
        #expect(schedule.stages[0].recipe == recipe)
        #expect(schedule.stages[0].plan.temperature == 4 && schedule.stages[0].plan.lossWeights.student == 0.3)
        #expect(schedule.stages[0].plan["fc2.weight"].pruning == .level(0.9))
        #expect(schedule.stages.map(\.handsOnCompressed) == [true, false, false])
        #expect(
            schedule.stages[0].policies == [
                SchedulePolicy(name: "agp", action: .gradual(initial: 0.1, final: 0.9, weights: ["fc1.weight"]), start: 0, end: 3),
                SchedulePolicy(name: "level", action: .level(["fc2.weight": 0.5]), start: 0, end: 3, frequency: 2, batchFrequency: 10),
            ])
        #expect(schedule.stages[1].recipe == TrainingRecipe(optimizer: .adamW(), rate: LearningRate(course: .oneCycle())))
        #expect(schedule.stages[2].recipe == nil && schedule.stages[2].plan == CompressionPlan())
    }

    @Test("Han's rounds of pruning and retraining")
    func pruneAndRetrain() throws {
        let schedule = try ScheduleFile.schedule(
            from: """
                version: 1
                stages:
                  - prune-retrain:
                      rounds: 3
                      temperature: 2
                      layers:
                        conv1: {level: [0.25, 0.75]}
                        'fc*': {ratio: 1.5, biases: float16}
                      train: {epochs: 2}
                """, for: layers)
        #expect(schedule.stages.map(\.name) == ["prune 1 of 3", "prune 2 of 3", "prune 3 of 3"])
        #expect(schedule.stages.map { $0.plan["conv1.weight"].pruning } == [.level(0.25), .level(0.5), .level(0.75)])
        #expect(schedule.stages.map { $0.plan["fc2.weight"].pruning } == [.ratio(0.5), .ratio(1), .ratio(1.5)])
        let hasAll = schedule.stages.allSatisfy { $0.handsOnCompressed && $0.recipe?.epochs == 2 && $0.plan.temperature == 2 }
        #expect(hasAll)
        #expect(schedule.stages[2].plan["fc1.weight"].biases == .float16)
    }

    @Test("Lee and Kim's rounds of quantizing and retraining in full precision")
    func quantizeIteratively() throws {
        let schedule = try ScheduleFile.schedule(
            from: """
                version: 1
                stages:
                  - iterative-quantization: {rounds: 2, bits: 3, train: {epochs: 2}}
                  - iterative-quantization: {rounds: 1, layers: {fc1: {level: 0.9, binary: {scale: layer}}}, train: {}}
                """, for: layers)
        let names = ["quantize 1 of 2", "retrain 1 of 2", "quantize 2 of 2", "retrain 2 of 2", "quantize at last"]
        #expect(schedule.stages.map(\.name) == names + ["quantize 1 of 1", "retrain 1 of 1", "quantize at last"])
        #expect(schedule.stages.map(\.handsOnCompressed) == [true, false, true, false, false, true, false, false])
        #expect(schedule.stages[0].plan["conv2.weight"].weights == .linear(LinearQuantization(bits: 3)))
        #expect(schedule.stages[0].recipe == nil && schedule.stages[1].recipe?.epochs == 2)
        #expect(schedule.stages[1].plan == CompressionPlan())
        #expect(schedule.stages[5].plan["fc1.weight"].weights == .binary(.layer))
        #expect(schedule.stages[6].plan["fc1.weight"] == LayerPlan(pruning: .level(0.9)))
    }

    @Test("What is written reads back equal, and is written the same again", arguments: 0..<100)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let schedule = ScheduleFixture.random(&generator)
        // Reading inside `text` compares; names of random plans fit no network.
        let text = try ScheduleFile.text(of: schedule)
        #expect(text.hasPrefix("version: 1\nstages:"))
    }

    @Test("Files")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-schedules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("s.yaml").path
        let schedule = CompressionSchedule(stages: [
            .init(
                name: "one", plan: CompressionPlan(layers: [.init(pattern: "fc1", plan: LayerPlan(pruning: .ratio(1)))]),
                recipe: TrainingRecipe())
        ])
        try ScheduleFile.write(schedule, to: path)
        #expect(try ScheduleFile.read(path, for: layers) == schedule)
        let missing = #expect(throws: ScheduleFileError.self) { try ScheduleFile.read(path + "x", for: layers) }
        #expect(missing?.description == "\(path)x: the schedule can't be read: No such file or directory")
        var broken = schedule
        broken.stages[0].recipe?.rate.rate = .nan
        #expect(throws: ScheduleFileError.self) { try ScheduleFile.write(broken, to: path) }
        #expect(try ScheduleFile.read(path, for: layers) == schedule)
    }

    @Test("Everything that is wrong is listed, with places and near names")
    func mistakes() throws {
        let text = """
            version: 1
            stages:
              - name: a
                plan: {layers: {cov1.weight: {ratio: 1}, fc1.bias: {ratio: 1}, fc1: {ratio: 1}}}
                train: {epoch: 3, batch: 0, optimizer: adam, course: {cosine: {finl: 1}}, rate: -1, teachers: original}
                policies: [{end: 3, level: {fc3.weight: 0.5}}, {start: 2, end: 1, level: {}}, {end: 2}]
              - prune-retrain: {rounds: 0, layers: {fcx: {level: [0.1, 2]}}, train: {}}
              - iterative-quantization: {rounds: 2, train: {}}
              - {plna: {}}
            stage: 1
            """
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: text, file: "s.yaml", for: layers) }
        #expect(
            error?.description == """
                s.yaml:4:21: stages[0].plan.layers: no layer matches 'cov1.weight'; near: conv1.weight, conv2.weight, fc1.weight
                s.yaml:4:46: 'fc1.bias' is a bias, which is never pruned; write 'biases: float16' in the entry of fc1.weight
                s.yaml:5:13: stages[0].train: unknown key 'epoch'; did you mean epochs?
                s.yaml:5:30: stages[0].train.batch is 0; allowed is 1…65536
                s.yaml:5:44: stages[0].train.optimizer: 'adam' is not a choice; did you mean adamw?
                s.yaml:5:68: stages[0].train.course.cosine: unknown key 'finl'; did you mean final?
                s.yaml:5:85: stages[0].train.rate is -1; allowed is 1e-12…1000
                s.yaml:6:33: stages[0].policies[0].level: no layer matches 'fc3.weight'; near: fc1.weight, fc2.weight
                s.yaml:6:68: stages[0].policies[1].end is 1; allowed is 3…200000
                s.yaml:6:83: stages[0].policies[2]: 'magnitude|sensitivity|level|gradual|splicing|filters|learned-ranks|lasso|penalty|bytes|structures|dorefa|rate|plateau' is missing; add it
                s.yaml:7:29: stages[1].prune-retrain.rounds is 0; allowed is 1…1000
                s.yaml:7:60: fcx: level is 2; allowed is 0…1
                s.yaml:8:29: stages[2].iterative-quantization: 'bits' is missing; add it
                s.yaml:9:6: stages[3]: unknown key 'plna'; did you mean plan?
                s.yaml:10:1: unknown key 'stage'; did you mean stages?
                """, "\(error?.description ?? "")")
    }

    @Test("Mutated files give a schedule or an error", arguments: 0..<300)
    func mutations(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var original = ScheduleFixture.distiller
        if seed % 3 == 1 { original = ScheduleFixture.distillerExample }
        if seed % 3 == 2 { original = try ScheduleFile.text(of: ScheduleFixture.random(&generator)) }
        var bytes = Array(original.utf8)
        let alphabet = Array(" :{}[]'\"-0129.eEnN*&\n#()?+abc".utf8)
        for _ in 0...generator.next() % 4 {
            guard !bytes.isEmpty else { break }
            let index = Int(generator.next() % UInt64(bytes.count))
            switch generator.next() % 4 {
            case 0: bytes[index] = alphabet[Int(generator.next() % UInt64(alphabet.count))]
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(alphabet[Int(generator.next() % UInt64(alphabet.count))], at: index)
            default:
                let end = min(bytes.count, index + Int(generator.next() % 40))
                bytes.insert(contentsOf: bytes[index..<end], at: Int(generator.next() % UInt64(bytes.count)))
            }
        }
        do throws(ScheduleFileError) {
            let schedule = try ScheduleFile.schedule(from: String(decoding: bytes, as: UTF8.self), for: layers)
            _ = try ScheduleFile.text(of: schedule)
        } catch {
            #expect(!error.issues.isEmpty)
        }
    }
}
