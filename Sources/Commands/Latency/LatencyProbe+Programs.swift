import Compression
import Exports
import Foundation
import Networks

extension LatencyProbe {
    /// Weights of the largest layer that is written as C: its source has some five bytes for each byte of them.
    private static let mostWeights = 1 << 21

    /// Writes each layer as C beside its ONNX file, and a program that times them; returns the keys of those that can't be C, with the reason.
    func writePrograms(to folder: String) throws(CommandFailure) -> [(key: String, reason: String)] {
        var (layers, missing): ([Program], [(String, String)]) = ([], [])
        for (number, work) in works.enumerated() {
            let (network, key) = (work.network, LatencyTable.key(work, .float32))
            guard network.parameterCount <= Self.mostWeights else {
                missing.append((key, "it has more than \(Self.mostWeights) weights"))
                continue
            }
            do throws(ExportError) {
                let applied = Applied(base: network, layers: [], plan: CompressionPlan())
                _ = try NetworkExport.write(applied, as: .c, to: "\(folder)/layer\(number).c")
            } catch {
                missing.append((key, "\(error)"))
                continue
            }
            let outputs = (try? network.shapes(batch: 1))?[network.output]?.rowCount ?? 0
            layers.append(Program(name: "layer\(number)", key: key, inputs: network.inputShape.count, outputs: outputs))
        }
        if !layers.isEmpty { try write(Data(Self.program(layers).utf8), to: "\(folder)/run.c") }
        return missing
    }

    /// The C of one layer.
    private struct Program {
        var name: String
        var key: String
        var inputs: Int
        var outputs: Int
    }

    /// The same rules as here, but for one example, and for a clock that may be coarse: a run takes at least a hundred of its ticks.
    private static func program(_ layers: [Program]) -> String {
        """
        /* Times the layers one after another and prints `key, ms`; the name of the device may be given. With all C files of this folder:
         *     cc -O2 *.c -lm -o run && ./run "a board" > board.csv
         * A device without clock() or printf() needs its own in seconds() and main().
         */
        #include <stddef.h>
        #include <stdio.h>
        #include <time.h>

        \(layers.map { "#include \"\($0.name).h\"" }.joined(separator: "\n"))

        enum { WARM_UPS = 3, RUNS = 7 };

        static float input[\(max(1, layers.map(\.inputs).max() ?? 1))], output[\(max(1, layers.map(\.outputs).max() ?? 1))];

        static const struct {
            const char *key;
            void (*run)(const float *, float *);
        } layers[] = {
        \(layers.map { "    {\"\($0.key)\", \($0.name)_run}," }.joined(separator: "\n"))
        };

        static double seconds(void)
        {
            return (double)clock() / CLOCKS_PER_SEC;
        }

        static double timed(size_t layer, long passes)
        {
            double start = seconds();
            long pass;
            for (pass = 0; pass < passes; pass++)
                layers[layer].run(input, output);
            return seconds() - start;
        }

        int main(int count, char **words)
        {
            const double tick = 1.0 / CLOCKS_PER_SEC, least = tick * 100 > 0.005 ? tick * 100 : 0.005;
            size_t i;
            for (i = 0; i < sizeof input / sizeof *input; i++)
                input[i] = (float)(i % 31) / 16 - 1;
            printf("# device: %s\\n# batch: 1\\n", count > 1 ? words[1] : "C");
            for (i = 0; i < sizeof layers / sizeof *layers; i++) {
                long passes = 1;
                int run;
                double best;
                timed(i, WARM_UPS);
                for (best = timed(i, passes); best < least; best = timed(i, passes))
                    passes *= 2;
                for (run = 1; run < RUNS; run++) {
                    double found = timed(i, passes);
                    if (found < best)
                        best = found;
                }
                printf("%s, %.6g\\n", layers[i].key, 1000 * best / (double)passes);
            }
            return 0;
        }

        """
    }
}
