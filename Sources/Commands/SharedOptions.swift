import ArgumentParser
import Networks

/// Where to look for files; every command has these.
struct FolderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with Models, Themes and Sessions as shipped.", valueName: "dir"))
    var home: String?

    @Option(help: ArgumentHelp("The folder where sessions are kept.", valueName: "dir"))
    var sessions: String?

    var locations: Locations { Locations(home: home, sessions: sessions) }
}

/// Which network and which examples.
struct ModelOptions: ParsableArguments {
    @Argument(
        help:
            "A network: ONNX or .pare, weights only: safetensors (or its .index.json), NPZ, GGUF, or a bundled one (lenet-5, lenet-300-100)."
    )
    var model: String?

    @OptionGroup var dataOptions: DataOptions

    @OptionGroup var calibration: CalibrationOptions

    @Flag(help: "Take each batch normalization into the convolution or dense layer before it; the layers are marked +bn.")
    var foldBatchNorm = false

    @Option(
        help: ArgumentHelp(
            "The network's output to measure, train and write, with what it needs; without it the one that the labels fit. `pare info` lists them.",
            valueName: "name"))
    var outputName: String?

    @Option(
        help: ArgumentHelp(
            "The whole shape of the input, of several NAME=…, where the file leaves sizes open, the examples first; else the card's, that of the examples, or one that fits.",
            valueName: "1x3x224x224"))
    var inputShape: [InputShape] = []

    @Option(
        help: ArgumentHelp(
            "What an input is in every example: a number, or an NPY, NPZ or safetensors file (FILE#ARRAY); else zeros. A file with a value for each example, or each: it differs.",
            valueName: "name=value"))
    var input: [InputOption] = []

    @Option(help: ArgumentHelp("Memory for kept activations, in MiB.", valueName: "MiB"))
    var memory: Int = 512

    /// What is done to the network as it is opened.
    var edits: OpeningEdits {
        OpeningEdits(
            foldsBatchNormalization: foldBatchNorm, output: outputName, example: inputShape.example,
            inputs: inputShape.settings(besides: input))
    }
    /// The examples that were asked for.
    var data: DataChoice { dataOptions.choice }

    func validate() throws {
        try InputOption.check(input)
        try inputShape.check()
        guard (0...1 << 20).contains(memory) else { throw ValidationError("--memory takes 0…1048576 MiB, not \(memory).") }
    }
}

/// A shape as it is written in an option, `1x3x224x224` or `NAME=1x3x224x224`.
struct InputShape: ExpressibleByArgument {
    /// The input that it is of; nil where none is named.
    var name: String?
    /// Without the first axis, along which the examples lie; with it where it is longer than 1, for an input that is one example as a whole.
    var example: [Int]
    /// What was written, where that is no shape.
    private(set) var wrong: String?

    init(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        let text = parts.last ?? ""
        name = parts.count > 1 ? String(parts[0]) : nil
        let sizes = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" || $0 == "," }.map { Int($0) ?? 0 }
        example = sizes.first == 1 ? Array(sizes.dropFirst()) : sizes
        if name?.isEmpty == true || sizes.count < (name == nil ? 2 : 1) || sizes.contains(where: { $0 <= 0 || $0 > Int(Int32.max) }) {
            wrong = argument
        }
    }
}

extension [InputShape] {
    /// The shape that was given without a name.
    var example: [Int]? { first { $0.name == nil }?.example }

    /// What was said of inputs, with the shapes of those that are named.
    func settings(besides inputs: [InputOption]) -> [InputSetting] {
        let said = inputs.map(\.setting)
        let shapes = compactMap { shape in shape.name.map { InputSetting(byExample: $0, shape: shape.example) } }
        return said.filter { one in one.exampleShape == nil || !shapes.contains { $0.name == one.name } }
            + shapes.filter { shape in !said.contains { $0.name == shape.name && $0.exampleShape == nil } }
    }

    /// Throws where one input has two shapes.
    func check() throws(ValidationError) {
        if let wrong = lazy.compactMap(\.wrong).first {
            throw ValidationError(
                "--input-shape takes sizes above 0 with x between them, the examples first, 1x3x224x224, of one of several inputs NAME=1x128, of one with a single axis NAME=5, not “\(wrong)”."
            )
        }
        for name in Set(map(\.name)) where count(where: { $0.name == name }) > 1 {
            throw ValidationError("--input-shape \(name ?? "without a name") is given twice.")
        }
    }
}
