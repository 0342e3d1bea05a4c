import ArgumentParser
import Compression

/// Which training examples compensated layers are fitted with.
struct CalibrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Training examples that layers with 'fit: compensated' are fitted to (\(CalibrationKey.fit.examples) where nothing is said).",
            valueName: "count"))
    var calibrationExamples: Int?

    @Option(help: ArgumentHelp("The seed that draws them (\(CalibrationKey.fit.seed) where nothing is said).", valueName: "seed"))
    var calibrationSeed: UInt64?

    var key: CalibrationKey {
        CalibrationKey(examples: calibrationExamples ?? CalibrationKey.fit.examples, seed: calibrationSeed ?? CalibrationKey.fit.seed)
    }

    func validate() throws {
        if let calibrationExamples, !(1...1 << 20).contains(calibrationExamples) {
            throw ValidationError("--calibration-examples takes 1…1048576, not \(calibrationExamples).")
        }
    }
}
