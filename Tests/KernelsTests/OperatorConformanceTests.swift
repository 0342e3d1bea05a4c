import Formats
import Foundation
import Kernels
import Testing

/// The test cases that the ONNX standard has for its operators.
@Suite struct OperatorConformanceTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let environment = ProcessInfo.processInfo.environment

    /// A small selection, kept with the tests: each is right or refused.
    @Test func runsTheKeptCases() throws {
        let cases = try OperatorCase.all(in: Self.root.appendingPathComponent("Tests/Fixtures/operators.safetensors").path)
        let table = OperatorTable(cases)
        #expect(table.wrong.isEmpty, "\(table.wrong)")
        #expect(table.rows.reduce(0) { $0 + $1.passed } >= 120)
    }

    /// Forms that the standard has no cases of, beside ONNX Runtime: none is refused.
    @Test func runsOtherForms() throws {
        let table = OperatorTable(try OperatorCase.all(in: Self.root.appendingPathComponent("Tests/Fixtures/forms.safetensors").path))
        let all = table.rows + [table.several]
        #expect(table.wrong.isEmpty, "\(table.wrong)")
        #expect(all.reduce(0) { $0 + $1.passed } == 45, "\(all.flatMap(\.reasons))")
    }

    /// All of them, where `PARE_OPERATOR_CASES` names the file; with `PARE_WRITE_DOCS` the table of the documentation is written.
    @Test(.enabled(if: environment["PARE_OPERATOR_CASES"] != nil)) func runsAllCases() throws {
        let table = OperatorTable(try OperatorCase.all(in: Self.environment["PARE_OPERATOR_CASES"] ?? ""))
        #expect(table.wrong.isEmpty, "\(table.wrong.joined(separator: "\n"))")
        let file = Self.root.appendingPathComponent("Docs/Operators.md")
        if Self.environment["PARE_WRITE_DOCS"] != nil { try Data(table.markdown.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == table.markdown, "write it again with PARE_WRITE_DOCS=1")
    }
}

/// What became of the cases, by operator.
struct OperatorTable {
    struct Row {
        var name: String
        var passed = 0
        var total = 0
        /// Of those passed, the ones that a training goes through.
        var trainable = 0
        /// How often each reason was given.
        var reasons: [String: Int] = [:]
        /// The operator sets that the cases were written for.
        var versions: Set<Int> = []

        var gradient: String { trainable == 0 ? "" : trainable == passed ? "yes" : "\(trainable) of \(passed)" }
    }

    /// Cases of which runtimes give something else than the standard's reference, and Pare what they give.
    static let otherwise = Dictionary(
        uniqueKeysWithValues: ["linear", "cubic"].map {
            (
                "test_resize_downsample_scales_\($0)_align_corners",
                "corners are aligned over a length of 2.4, where ONNX Runtime and Pare take 2"
            )
        })

    var rows: [Row]
    /// Cases of several operators, all of them claimed.
    var several = Row(name: "several operators")
    var wrong: [String] = []

    init(_ cases: [OperatorCase]) {
        let claimed = Set(NetworkReader.operators)
        var rows = Dictionary(uniqueKeysWithValues: claimed.map { ($0, Row(name: $0)) })
        for example in cases where example.about.opset >= 9 && example.about.operators.allSatisfy(claimed.contains) {
            guard !example.about.operators.isEmpty else { continue }
            let (outcome, isTrainable) = example.outcome()
            var row = example.about.operators.count == 1 ? rows[example.about.operators[0]] ?? several : several
            row.total += 1
            row.versions.insert(example.about.opset)
            switch outcome {
            case .passed:
                row.passed += 1
                row.trainable += isTrainable ? 1 : 0
            case .refused(let reason): row.reasons[Self.general(reason, row.name), default: 0] += 1
            case .wrong where Self.otherwise[example.name] != nil: row.reasons[Self.otherwise[example.name] ?? "", default: 0] += 1
            case .wrong(let what):
                row.reasons["wrong", default: 0] += 1
                wrong.append("\(example.name): \(what)")
            }
            if example.about.operators.count == 1 { rows[row.name] = row } else { several = row }
        }
        self.rows = rows.values.sorted { $0.name < $1.name }
    }

    /// The reason without the operator's own name and the names of values.
    private static func general(_ reason: String, _ name: String) -> String {
        let text = reason.hasPrefix("\(name): ") ? String(reason.dropFirst(name.count + 2)) : reason
        return text.replacingOccurrences(of: "'[^']*'", with: "…", options: .regularExpression)
            .replacingOccurrences(of: "\\[[^\\]]*\\]", with: "[…]", options: .regularExpression)
    }

    var markdown: String {
        var lines = [
            "# Operators", "",
            "What Pare reads of ONNX, operator sets 9 to 22. The table is made by running the test cases that the package `onnx` carries, by the fast",
            "kernels and by the reference: `PARE_WRITE_DOCS=1 PARE_OPERATOR_CASES=… swift test --filter OperatorConformance` on the file that",
            "`Scripts/make-operator-cases.py` collects. No case gives a wrong result; those not passed are refused, with the reason given, but for the two of Resize.",
            "",
            "The first input of float32 is the input of the network; what else a case reads are constants, as weights and settings of a network are.",
            "Of operators with further results (the mask of a Dropout, the places of a MaxPool, the statistics of a LayerNormalization) the first is made.",
            "Sign is read as the activation of binarized networks, +1 at 0, and so it is no claim.",
            "Gradient is what a training goes through: yes, or in how many of the cases passed.",
            "",
            "- Conv, ConvTranspose, MaxPool, AveragePool, GlobalAveragePool and GlobalMaxPool: over one to three axes.",
            "- Add, Sub, Mul, Div, Pow, PRelu, Max, Min, Sum, Mean and Where: between any values, computed or constant, repeated as they are; the first of equal maxima has",
            "  the gradient. None goes through a condition, a comparison, an ArgMax or a Cast to whole numbers; what lies before them is trained by other ways, if there are any.",
            "- MatMul: with weights, and of two computed stacks of matrices as in attention. Gemm: with weights. Gather by computed numbers: to the table, and to what rows are taken of, which runs one example at a time.",
            "- Reductions along any axes; LayerNormalization where scale and shift have one number for each value, also where exporters write it out; GroupNormalization,",
            "  InstanceNormalization and RMSNormalization. A LogSoftmax or Softmax that ends a network is left out, for the loss reads logits; inside a network both have gradients.",
            "- QuantizeLinear and DequantizeLinear: straight through, 1 inside the range and 0 outside; a Cast between floats as it is.",
            "- GatherElements, GatherND, CumSum, the values of TopK; ScatterElements and ScatterND where updates take the place of elements or are added. Resize and Upsample by",
            "  nearest neighbours. LSTM, GRU and RNN through time.",
            "- Trained are weights, biases, normalizations (scales of those that are written out too), slopes of PRelu and tables of embeddings. Other constants stay: factors,",
            "  exponents, masks of zeros and numbers from −100 down, and single numbers that are added to what no layer makes.",
            "",
            "Einsum of one or two operands becomes sums, transposes, reshapes and a MatMul; Trilu and OneHot become comparisons and a Where.",
            "Of ai.onnx.ml: Scaler, LinearRegressor, LinearClassifier (scores as they are, LOGISTIC, SOFTMAX), Normalizer and, by constant columns, ArrayFeatureExtractor become Sub,",
            "Mul, Gemm, Sigmoid, Softmax, divisions and a Gather. 1 − p beside the p of a Sigmoid, as two classes are written, is the Softmax of [0, z]. Files have these operators then.",
            "LSTM, GRU and RNN: the usual functions (RNN Relu too) by fast kernels, with gradients and in C. Peepholes 'P', 'clip', 'input_forget' and all other 'activations' of",
            "the standard by a plain loop as ONNX Runtime has them, without gradients and C; Affine, ScaledTanh and ThresholdedRelu where their numbers are stated. Sequence lengths are",
            "constants. Resize: all modes and coordinates of ONNX Runtime's CPU. QuantizeLinear and Cast to FLOAT8 of all four kinds, not where 'saturate' is 0.",
            "",
            "| operator | operator sets of the cases | passed | gradient | not passed, because |", "|---|---|---|---|---|",
        ]
        for row in rows + [several] {
            let versions = row.versions.sorted()
            let range = versions.first.map { first in first == versions.last ? "\(first)" : "\(first)–\(versions.last ?? first)" } ?? "–"
            let reasons = row.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) × \($0.key)" }
            lines.append(
                "| \(row.name) | \(range) | \(row.passed) of \(row.total) | \(row.gradient) | \(reasons.joined(separator: "; ")) |"
            )
        }
        let (passed, total) = (rows + [several]).reduce((0, 0)) { ($0.0 + $1.passed, $0.1 + $1.total) }
        return (lines + ["", "In all \(passed) of \(total) cases pass.", ""]).joined(separator: "\n")
    }
}
