import Foundation
import Tensors

/// A network that was written as C, compiled, and run on examples.
enum KindProgram {
    static let compiler = "/usr/bin/gcc"

    struct Failed: Error { var message: String }

    /// Reads inputs of one example after another, writes its outputs; NET is the name in the header's constants, net that of its functions.
    private static let driver = """
        #include <stdio.h>
        #include "net.h"
        int main(int argc, char **argv) {
            static float input[NET_INPUT_COUNT], output[NET_OUTPUT_COUNT];
            FILE *from = fopen(argv[argc - 2], "rb"), *to = fopen(argv[argc - 1], "wb");
            if (!from || !to) return 1;
            while (fread(input, sizeof input, 1, from) == 1) {
                net_run(input, output);
                if (fwrite(output, sizeof output, 1, to) != 1) return 2;
            }
            return fclose(to);
        }
        """

    /// The outputs of all examples, [N, …] one after another.
    static func outputs(_ source: String, _ examples: Tensor) throws -> [Float] {
        let folder = URL(fileURLWithPath: source).deletingLastPathComponent()
        let stem = URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent
        let name = stem.replacing("-", with: "_")
        let text = driver.replacing("net.h", with: name + ".h").replacing("NET_", with: name.uppercased() + "_")
            .replacing("net_run", with: name + "_run")
        func path(_ file: String) -> String { folder.appendingPathComponent(file).path }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path("main.c")))
        try Data(examples.floats.withUnsafeBytes { Data($0) }).write(to: URL(fileURLWithPath: path("inputs")))
        let arguments = [
            "-std=c99", "-O1", "-Wall", "-Wextra", "-Wconversion", "-Werror", path("main.c"), source, "-o", path("program"), "-lm",
        ]
        let compiled = try ExportSamples.run(compiler, arguments)
        guard compiled.code == 0 else { throw Failed(message: compiled.output) }
        let run = try ExportSamples.run(path("program"), [path("inputs"), path("outputs")])
        guard run.code == 0 else { throw Failed(message: "the program ended with \(run.code)") }
        return try Data(contentsOf: URL(fileURLWithPath: path("outputs"))).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}

/// Figures of outputs by plain loops.
enum KindFigure {
    /// `accuracy`, `iou` or `r2` of outputs [N, …] that are labelled so.
    static func of(_ measure: String, _ outputs: [Float], _ labels: Tensor) -> Double {
        let wanted = labels.floats
        if measure == "r2" { return determination(outputs, wanted, width: labels.shape.rowCount) }
        let answers = answers(outputs, examples: labels.shape[0], positions: labels.shape.rowCount)
        if measure == "accuracy" { return Double(zip(answers, wanted).count { $0 == Int($1) }) / Double(wanted.count) }
        let classes = outputs.count / wanted.count
        let shares = (0..<classes).map { label -> Double in
            let pairs = zip(answers, wanted.map(Int.init))
            let (common, either) = (pairs.count { $0 == label && $1 == label }, pairs.count { $0 == label || $1 == label })
            return Double(common) / Double(max(1, either))
        }
        return shares.reduce(0, +) / Double(classes)
    }

    /// Of [N, classes, positions] the class of each position; of one score an example yes above 0.5.
    private static func answers(_ outputs: [Float], examples: Int, positions: Int) -> [Int] {
        let classes = outputs.count / (examples * positions)
        guard classes > 1 else { return outputs.map { $0 > 0.5 ? 1 : 0 } }
        return (0..<examples * positions).map { place in
            let start = place / positions * classes * positions + place % positions
            let scores = (0..<classes).map { outputs[start + $0 * positions] }
            return scores.indices.max { scores[$0] < scores[$1] } ?? 0
        }
    }

    /// 1 − Σ(y − ŷ)² / Σ(y − the mean of that output)².
    private static func determination(_ outputs: [Float], _ wanted: [Float], width: Int) -> Double {
        let examples = wanted.count / width
        let means = (0..<width).map { place in (0..<examples).reduce(0) { $0 + Double(wanted[$1 * width + place]) } / Double(examples) }
        let (error, spread) = wanted.indices.reduce((0.0, 0.0)) { sums, index in
            let (difference, own) = (Double(outputs[index] - wanted[index]), Double(wanted[index]) - means[index % width])
            return (sums.0 + difference * difference, sums.1 + own * own)
        }
        return 1 - error / spread
    }
}
