import Compression
import Exports
import Files
import Foundation
import Networks
import Tensors
import Testing

/// A plan with every knob, from a seed.
func randomPlan(_ generator: inout SeededGenerator) -> CompressionPlan {
    func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int(generator.next() % UInt64(choices.count))] }
    func weights() -> WeightRepresentation {
        let clips: [LinearQuantization.Clip] = [.maximum, .meanSquaredError, .percentile(100 * generator.uniform())]
        return pick([
            .float32, .float16, .bfloat16, .ternary, .binary(pick(BinaryScale.allCases)), .dorefa(bits: pick(Array(1...8))),
            .normalFloat(group: pick(WeightGroups.sizes)),
            .linear(
                LinearQuantization(
                    bits: pick(Array(2...8)), isSymmetric: pick([true, false]), isPerChannel: pick([true, false]), clip: pick(clips),
                    group: pick([nil] + WeightGroups.sizes))),
            .shared(
                WeightSharing(
                    bits: pick(Array(1...8)), start: pick(WeightSharing.Start.allCases),
                    method: pick(WeightSharing.Method.allCases), seed: generator.next(),
                    span: pick([nil, .channel, .group(pick(WeightGroups.sizes))]))),
            .lattice(
                LatticeQuantization(
                    step: 0.01 + 15 * generator.uniform(), lambda: 10 * generator.uniform(), rate: pick(LatticeQuantization.Rate.allCases),
                    dither: pick([nil, 1, .max, UInt32(truncatingIfNeeded: generator.next())]))),
        ])
    }
    let names = [
        "conv1.weight", "conv2", "*", "fc?.*", "layer[0-9].weight", "onnx::MatMul_12", "it's", "a b", "true", "12", "ß&*x", "a *b", "-",
        "a: b", "a #b", "[*", "", " ", "tab\there", "\"q\"", "back\\slash", "new\nline", "x? y", "? z", "{a}", "%x", "@y", "🙂",
    ].shuffled(using: &generator)
    let layers = names.prefix(Int(generator.next() % 12)).map { name in
        CompressionPlan.Entry(
            pattern: name,
            plan: LayerPlan(
                pruning: Pruning(
                    criterion: pick(Pruning.Criterion.allCases), amount: pick([0, 0.1, 1, generator.uniform()]),
                    scope: pick(Pruning.Scope.allCases), deviation: pick(Pruning.Deviation.allCases)),
                weights: weights(), biases: pick(BiasRepresentation.allCases), bypass: pick([true, false]),
                indexBits: pick([nil, 1, 5, 16])))
    }
    let lossWeights = pick([LossWeights(), LossWeights(distillation: generator.uniform(), student: 1)])
    return CompressionPlan(temperature: 0.5 + 49.5 * generator.uniform(), lossWeights: lossWeights, layers: layers)
}

@Suite("Plan files")
struct PlanFileTests {
    @Test("The example of the documentation")
    func example() throws {
        let plan = try PlanFile.plan(
            from: """
                version: 1
                temperature: 5
                layers:
                  conv2.weight: {ratio: 1.0, shared: {bits: 5, start: linear}}   # it's Han's
                  fc1.weight:   {ratio: 1.4, linear: {bits: 4}}
                  '*':          {ratio: 0.5}  # & the rest * too
                """)
        #expect(
            plan
                == CompressionPlan(
                    temperature: 5,
                    layers: [
                        .init(pattern: "conv2.weight", plan: LayerPlan(pruning: .ratio(1), weights: .shared(WeightSharing(bits: 5)))),
                        .init(
                            pattern: "fc1.weight",
                            plan: LayerPlan(pruning: .ratio(1.4), weights: .linear(LinearQuantization(bits: 4)))),
                        .init(pattern: "*", plan: LayerPlan(pruning: .ratio(0.5))),
                    ]))
    }

    @Test("Every knob")
    func everyKnob() throws {
        let plan = try PlanFile.plan(
            from: """
                version: 1
                lossWeights: {distillation: 0.7, student: 0.3}
                layers:
                  a: {level: 0.9, scope: global, deviation: nonzero, weights: ternary, biases: int8, bypass: true, indexBits: 4}
                  b: {linear: {bits: 3, symmetric: false, perChannel: true, clip: {percentile: 99.9}}}
                  c: {shared: {bits: 2, start: random, method: optimal, seed: 7}}
                  d: {binary: {scale: layer}}
                  e: {weights: binary}
                  f:
                  g: {linear: {bits: 8, clip: max}, activations: sign}
                  h: {activations: {bits: 4, clip: learned}}
                  i: {entropy: {step: 0.5, rate: independent}}
                  j: {universal: {step: 2, lambda: 0, seed: 9}}
                  k: {shared: {bits: 3, perChannel: true}}
                  l: {shared: {bits: 1, group: 128}}
                  m: {linear: {bits: 4, group: 32}}
                  n: {nf4: {}}
                """)
        #expect(plan.lossWeights == LossWeights(distillation: 0.7, student: 0.3))
        let plans = plan.layers.map(\.plan)
        #expect(plans[0].pruning == Pruning(criterion: .level, amount: 0.9, scope: .global, deviation: .nonzero))
        #expect(plans[0].weights == .ternary)
        #expect(plans[0].biases == .int8 && plans[0].bypass && plans[0].indexBits == 4)
        #expect(plans[1].weights == .linear(.init(bits: 3, isSymmetric: false, isPerChannel: true, clip: .percentile(99.9))))
        #expect(plans[2].weights == .shared(.init(bits: 2, start: .random, method: .optimal, seed: 7)))
        #expect(plans[3].weights == .binary(.layer) && plans[4].weights == .binary(.channel))
        #expect(plans[6].activations == .sign && plans[7].activations == .clipped(bits: 4, clip: .learned))
        #expect(plans[8].weights == .lattice(.init(step: 0.5, lambda: 0.1, rate: .independent)))
        #expect(plans[9].weights == .lattice(.init(step: 2, lambda: 0, dither: 9)))
        #expect(plans[10].weights == .shared(.init(bits: 3, span: .channel)))
        #expect(plans[11].weights == .shared(.init(bits: 1, span: .group(128))))
        #expect(plans[12].weights == .linear(.init(bits: 4, group: 32)) && plans[13].weights == .normalFloat(group: 64))
        #expect(plans[5] == .unchanged && plans[6].weights == .linear(.init(bits: 8, clip: .maximum)))
    }

    @Test("What is written reads back equal, and is written the same again", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let plan = randomPlan(&generator)
        let text = try PlanFile.text(of: plan)
        let read = try PlanFile.plan(from: text)
        #expect(read == plan, "\(text)")
        #expect(try PlanFile.text(of: read) == text)
    }

    @Test(
        "Mistakes are named with line, column and what would be right",
        arguments: [
            ("layers: {}", "p.yaml:1:1: 'version' is missing; add the line 'version: 1'"),
            (
                "version: 2\nfuture: 1",
                "p.yaml:1:10: the plan has version 2, this Pare reads up to 1; use a newer Pare, or write the plan again with this one"
            ),
            ("version: 1\ntemprature: 4", "p.yaml:2:1: unknown key 'temprature'; did you mean temperature?"),
            ("version: 1\ntemperature: 51", "p.yaml:2:14: temperature is 51; allowed is 0.5…50"),
            ("version: 1\ntemperature: nan", "p.yaml:2:14: temperature is nan; allowed is 0.5…50"),
            ("version: 1\nlayers:\n  fc1: {ratoi: 1}", "p.yaml:3:9: layers.fc1: unknown key 'ratoi'; did you mean ratio?"),
            ("version: 1\nlayers:\n  fc1: {ratio: x}", "p.yaml:3:16: layers.fc1.ratio: 'x' stands where a number must be"),
            ("version: 1\nlayers:\n  fc1: {level: 1.5}", "p.yaml:3:16: fc1: level is 1.5; allowed is 0…1"),
            ("version: 1\nlayers:\n  fc1: {linear: {bits: 1}}", "p.yaml:3:24: fc1: linear.bits is 1; allowed is 2…8"),
            ("version: 1\nlayers:\n  fc1: {shared: {}}", "p.yaml:3:17: layers.fc1.shared: 'bits' is missing; add it"),
            (
                "version: 1\nlayers:\n  fc1: {weights: floot16}",
                "p.yaml:3:18: layers.fc1.weights: 'floot16' is not a choice; did you mean float16 or bfloat16?"
            ),
            (
                "version: 1\nlayers:\n  fc1: {ratio: 1, level: 0.1}",
                "p.yaml:3:19: layers.fc1: 'ratio' and 'level' exclude each other; keep one of them"
            ),
            ("version: 1\nlayers: [1]", "p.yaml:2:9: layers: a list stands where a mapping {key: value} must be"),
            ("version: 1\nlayers:\n  a: {}\n  a: {}", "p.yaml:3:3: 'a' stands here twice; keep one of them"),
            (
                "version: 1\nlayers:\n  a: &x {}\n  b: *x",
                "p.yaml:3:6: '&' begins an anchor, which plans don't have; write the values out, and put names with & in quotes"
            ),
            (
                "version: 1\nlayers:\n  *: {}",
                "p.yaml:3:3: '*' begins an alias, which plans don't have; write the values out, and put names with * in quotes"
            ),
            (
                "version: 1\nlayers: {\"a\":*x}",
                "p.yaml:2:14: '*' begins an alias, which plans don't have; write the values out, and put names with * in quotes"
            ),
            ("version: one", "p.yaml:1:10: version: 'one' stands where a whole number must be"),
            ("version: 0", "p.yaml:1:10: version: '0' is not a choice; did you mean 1?"),
            ("", "p.yaml: 'version' is missing; add the line 'version: 1'"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: text, file: "p.yaml") }
        #expect(error?.description == message)
    }

    @Test("Syntax errors have a place")
    func syntax() throws {
        for text in [
            "version: 1\nlayers: {", "version: 1\n\tx: 1", "version: 1\nlayers: ]", "a: 'b", "version: 1\n---\nversion: 1", "a: \u{1}",
        ] {
            let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: text) }
            #expect(error?.place != nil, "\(text) → \(String(describing: error))")
        }
    }

    @Test("Anchors and aliases are refused wherever YAML has them")
    func anchors() {
        for text in [
            "'a # b' : *x", "- &a 1", "[1,*a]", "\u{FEFF}&a 1", "{'a':*b}", "{a: &b {c: 1}}", "*: 1", "a: &",
            "? &a b", "- - - *a", "a: # x\n  &b 1", "a: &a [*a]",
        ] {
            let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: text) }
            guard case .notRead = error?.problem else {
                Issue.record("\(text) → \(String(describing: error))")
                continue
            }
        }
    }

    @Test(
        "* and & are what they are in comments, quotes and words",
        arguments: [
            "# * a\n# 'it''s' & \"b\" *x &y\nlayers: {'fc1': {ratio: 1}}", "layers: {'fc1': {ratio: 1}} # 'first' *all &c",
            "layers:\n  'fc1': # don't: *a\n    {ratio: 1}", "? layers\n: {fc1: {ratio: 1}}",
            "layers: {'fc*': {ratio: 1}, \"*\": {ratio: 1}, a*b&c: {ratio: 1}, 'a *b &c': {ratio: 1}}",
        ])
    func indicatorsInText(text: String) throws {
        let plan = try PlanFile.plan(from: "version: 1\n" + text)
        #expect(plan.layers.allSatisfy { $0.plan.pruning == .ratio(1) } && !plan.layers.isEmpty)
    }

    @Test("A list or mapping is no key")
    func keys() {
        for (text, line, column) in [("version: 1\n[a]: 1", 2, 1), ("{{a: 1}: 2}", 1, 2), ("? - a\n: 1", 1, 3)] {
            let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: text) }
            #expect(error?.problem == .wrongKind(path: "", expected: .text, found: "a list or mapping"))
            #expect(error?.place == .init(line: line, column: column))
        }
    }

    @Test("Deep and long texts are refused, not followed")
    func hostile() {
        let texts = [
            String(repeating: "[", count: 1 << 20), String(repeating: "{a: ", count: 1 << 18), String(repeating: "- ", count: 1 << 19),
            "version: 1\nlayers:\n" + (0..<60_000).map { "  n\($0): {x: 1}\n" }.joined(), String(repeating: "a", count: (1 << 20) + 1),
            "version: 1\n" + String(repeating: "\n", count: 1 << 19) + "x: 1", String(repeating: "'", count: 1 << 20),
        ]
        for text in texts { #expect(throws: PlanFileError.self) { try PlanFile.plan(from: text) } }
    }

    @Test("500 mutated files: a plan within its ranges or an error, never a crash")
    func mutations() throws {
        var generator = SeededGenerator(seed: 2)
        var plans = 0
        for _ in 0..<500 {
            var text = Array(try PlanFile.text(of: randomPlan(&generator)).utf8)
            for _ in 0...generator.next() % 4 { mutate(&text, &generator) }
            do {
                try PlanFile.plan(from: String(decoding: text, as: UTF8.self)).validate()
                plans += 1
            } catch is PlanFileError {}
        }
        #expect((1..<500).contains(plans))
    }

    /// Replaces, removes, inserts or repeats bytes.
    private func mutate(_ text: inout [UInt8], _ generator: inout SeededGenerator) {
        let special = Array("{}[]:,-?*&!|>'\"%@`#\n\t \u{0}019.eE".utf8) + [0xFF, 0xC3]
        let index = Int(generator.next() % UInt64(max(text.count, 1)))
        let byte = special[Int(generator.next() % UInt64(special.count))]
        guard index < text.count else { return text.append(byte) }
        switch generator.next() % 5 {
        case 0: text[index] = byte
        case 1: text.remove(at: index)
        case 2: text.insert(byte, at: index)
        case 3: text.insert(contentsOf: text[index..<min(index + 30, text.count)], at: index)
        default: text.removeSubrange(index..<min(index + 30, text.count))
        }
    }
}

@Suite("Plan files on disk")
struct PlanFileDiskTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-plans-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test("Written, read, replaced through a link, and nothing left beside it")
    func replacing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, link) = (folder.appendingPathComponent("a.yaml").path, folder.appendingPathComponent("link.yaml").path)
        var generator = SeededGenerator(seed: 3)
        let (first, second) = (randomPlan(&generator), randomPlan(&generator))
        try PlanFile.write(first, to: path)
        #expect(try PlanFile.read(path) == first)
        ReadFiles.forget(path: path)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try PlanFile.write(second, to: link)
        #expect(try PlanFile.read(path) == second)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.yaml", "link.yaml"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    @Test("Missing files, folders, wrong bytes and large files")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("b.yaml").path
        let missing = #expect(throws: PlanFileError.self) { try PlanFile.read(path) }
        #expect(missing?.description == "\(path): the plan can't be read: No such file or directory")
        #expect(throws: PlanFileError.self) { try PlanFile.read(folder.path) }
        try Data([0x61, 0xFF]).write(to: URL(fileURLWithPath: path))
        #expect(throws: PlanFileError(file: path, problem: .notText)) { try PlanFile.read(path) }
        try Data(repeating: 32, count: 1 << 21).write(to: URL(fileURLWithPath: path))
        #expect(throws: PlanFileError(file: path, problem: .tooLarge(limit: 1 << 20))) { try PlanFile.read(path) }
        let nowhere = folder.appendingPathComponent("none/c.yaml").path
        let error = #expect(throws: PlanFileError.self) { try PlanFile.write(CompressionPlan(), to: nowhere) }
        #expect(error?.description == "\(nowhere): the plan can't be written: No such file or directory")
        let invalid = CompressionPlan(temperature: .nan)
        #expect(throws: PlanFileError.self) { try PlanFile.write(invalid, to: path) }
    }

    @Test("Two entries of one name are not written")
    func duplicates() {
        let plan = CompressionPlan(layers: [.init(pattern: "a", plan: .unchanged), .init(pattern: "a", plan: .unchanged)])
        #expect(throws: PlanFileError(problem: .duplicateKey("a"))) { try PlanFile.text(of: plan) }
    }
}
