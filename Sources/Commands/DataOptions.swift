import ArgumentParser
import Formats
import Networks

/// Which examples, and how they become inputs.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The folder or file with the examples: IDX, NPY, NPZ, safetensors, CIFAR's binary files, or a folder of PNG or JPEG files for each class.",
            valueName: "path"))
    var path: String?

    @Option(help: ArgumentHelp("What is taken off the scaled pixels: one value, or one a channel.", valueName: "0.485,0.456,0.406"))
    var mean: NumberList?

    @Option(help: ArgumentHelp("What they are divided by after that.", valueName: "0.229,0.224,0.225"))
    var std: NumberList?

    @Option(help: ArgumentHelp("What stored pixels are multiplied by first: a number, or a fraction such as 1/255.", valueName: "factor"))
    var scale: ScaleFactor?

    @Option(help: "The order of the axes of stored images, where it is recognized wrongly: nchw or nhwc.")
    var layout: ImageLayout?

    @Option(help: ArgumentHelp("Pictures: the shorter side before the middle is cut out.", valueName: "pixels"))
    var resize: Int?

    @Option(
        help:
            "The figure that counts: accuracy, class-accuracy, iou, r2, or fidelity to the original; without it the one that the labels have."
    )
    var measure: OutputMeasure?

    @Option(help: "Measure agreement with the original on inputs drawn at random instead of data: normal or uniform.")
    var generate: GeneratedInputs.Distribution?

    @Option(help: ArgumentHelp("How many inputs --generate draws (1,000 where nothing is said).", valueName: "inputs"))
    var count: Int?

    func validate() throws {
        if let count {
            guard path == nil else { throw ValidationError("--count is for inputs that are drawn; --data names examples.") }
            guard GeneratedInputs.counts.contains(count) else {
                throw ValidationError("--count takes 1…\(GeneratedInputs.counts.upperBound) inputs, not \(count).")
            }
        }
        if let resize, !(1...1 << 14).contains(resize) { throw ValidationError("--resize takes 1…16384 pixels, not \(resize).") }
        if let std, !std.values.allSatisfy({ $0 > 0 }) { throw ValidationError("--std takes numbers above 0.") }
        if generate != nil, path != nil { throw ValidationError("Give either --data or --generate, not both.") }
    }

    var choice: DataChoice {
        DataChoice(
            path: path,
            options: InputOptions(
                scale: scale?.value, mean: mean?.values, standardDeviation: std?.values, layout: layout, side: resize),
            generated: generate, generatedCount: count ?? GeneratedInputs.usualCount, measure: measure,
            isNamed: path != nil)
    }
}

/// Numbers with commas between them.
struct NumberList: ExpressibleByArgument {
    var values: [Float]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        values = parts.compactMap { Float($0.trimmingPrefix(while: \.isWhitespace)) }
        guard values.count == parts.count, values.allSatisfy(\.isFinite) else { return nil }
    }
}

/// A number above 0, or a fraction of two.
struct ScaleFactor: ExpressibleByArgument {
    var value: Float

    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1).compactMap { Float($0) }
        guard argument.contains("/") == (parts.count == 2), let first = parts.first else { return nil }
        value = parts.count == 2 ? first / parts[1] : first
        guard value.isFinite, value > 0 else { return nil }
    }
}

extension ImageLayout: ExpressibleByArgument {}
extension OutputMeasure: ExpressibleByArgument {}
extension GeneratedInputs.Distribution: ExpressibleByArgument {}
