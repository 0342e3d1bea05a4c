import ArgumentParser
import Compression

/// Which examples compensated layers are fitted with.
struct CalibrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Examples that layers with 'fit: compensated' are fitted to (\(CalibrationKey.fit.examples) where nothing is said).",
            valueName: "count"))
    var calibrationExamples: Int?

    @Option(help: ArgumentHelp("The seed that draws them (\(CalibrationKey.fit.seed) where nothing is said).", valueName: "seed"))
    var calibrationSeed: UInt64?

    @Option(
        help: ArgumentHelp(
            "What they are drawn from in the place of the training examples: a folder or file as for --data, 'third' of data that are one set, or 'generated' inputs.",
            valueName: "path"))
    var calibrate: String?

    var choice: CalibrationChoice {
        CalibrationChoice(
            key: CalibrationKey(
                examples: calibrationExamples ?? CalibrationKey.fit.examples, seed: calibrationSeed ?? CalibrationKey.fit.seed),
            path: calibrate)
    }

    func validate() throws {
        if let calibrationExamples, !(1...1 << 20).contains(calibrationExamples) {
            throw ValidationError("--calibration-examples takes 1…1048576, not \(calibrationExamples).")
        }
    }
}

/// What compensated layers are fitted with, as it was asked for.
struct CalibrationChoice {
    var key = CalibrationKey.fit
    /// Where they are instead of the training examples; `third` sets a third of the only set apart, `generated` has them drawn.
    var path: String?

    static let third = "third"
    static let generated = "generated"
}
