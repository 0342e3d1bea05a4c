import Compression
import Engine
import Exports
import Formats
import Foundation
import Frames
import Networks
import Reports
import Sessions

/// A network that was read, with its card and where its examples come from.
struct OpenedModel {
    var network: Network
    var card: ModelCard?
    var loader: DatasetLoader
    /// How inputs are drawn that were asked for instead of examples.
    var generated: GeneratedInputs.Distribution?
    /// What the two were made of.
    private(set) var choice: DataChoice
    /// Which examples compensated layers are fitted with, and they themselves where they are no training examples.
    var calibration = CalibrationKey.fit
    var calibrationExamples: Dataset?
    /// Files that hold a value of an input for each example.
    private(set) var arrays: [String: ExampleArrays] = [:]
    /// Whether the file leaves sizes of an example open that nobody gave.
    private(set) var hasOpenSizes = false
    /// The input whose open sizes no examples gave, as the file states it.
    private var openInput: NetworkValue?
    /// What a user should know of it.
    var warnings: [String] = []

    init(network: Network, card: ModelCard?, data: DataChoice, warnings: [String]) {
        (self.network, self.card, self.warnings, choice, generated) = (network, card, warnings, data, data.generated)
        loader = DatasetLoader(data, card: card, network: network)
    }

    static let bundled = "lenet-5"

    /// Reads a network by path or bundled name with these edits, and the card beside it.
    ///
    /// - Parameter choosesOutput: Whether the output that fits is measured where none is named, and inputs that the data name differ by example; what a session keeps stays.
    init(
        _ name: String?, data: DataChoice, edits: OpeningEdits = OpeningEdits(), choosesOutput: Bool = true, locations: Locations
    ) throws(CommandFailure) {
        let path = try Self.path(of: name ?? Self.bundled, locations: locations)
        let sizes: String?
        var edits = edits
        do {
            var inputs = try InputChoice(path, edits, data: data, decides: choosesOutput)
            let sized = try SizedNetwork(path, choosing: &inputs, data: data)
            (edits.inputs, edits.example, arrays) = (inputs.settings.sorted { $0.name < $1.name }, inputs.example, inputs.arrays)
            (network, card, sizes) = (sized.network, sized.card, sized.note)
            (hasOpenSizes, openInput) = (sizes != nil, sized.openInput)
            try Self.checkFinite(network, path)
        } catch {
            throw CommandFailure(error)
        }
        network = try (choosesOutput ? edits.choosing(of: network, data: data, card, arrays) : edits).opening(network, path)
        (loader, generated, choice) = (DatasetLoader(data, card: card, network: network, arrays), data.generated, data)
        loader.hasAssumedSizes = openInput != nil && loader.isNamed
        // Inputs that are drawn are no examples that anything was trained on.
        let isDrawn = generated != nil || !loader.suitsInstalled && !isDataNamed
        warnings = ModelCard.warnings(card: card, network: network).filter { !(isDrawn && $0 == .noCard) }.map(\.message)
        if network.isWeightsOnly { warnings = [] }
        warnings += changes + inputNotes + [sizes, outputNote, network.uncountedNote].compactMap(\.self) + keptNotes
        if network.doubleByteCount > 0 {
            let (came, read) = (network.doubleByteCount, network.doubleByteCount / 2)
            let words = [came, read].map { NumberFormat.unicode.integer($0) }
            warnings.append(
                "weights of float64, \(words[0]) bytes of the file, are read as float32: they count, and are written, as \(words[1])")
        }
        if network.source?.isSampled == true {
            warnings.append("a large file: it is known again by its size and a hash of samples, not by one of every byte")
        }
        try checkDataIsThere()
    }

    /// What holds examples against the network.
    var fit: ExampleFit { ExampleFit(network: network, openInput: openInput, loader: loader) }

    /// Takes its examples from elsewhere.
    mutating func use(_ data: DataChoice) {
        (loader, generated, choice) = (DatasetLoader(data, card: card, network: network, arrays), data.generated, data)
        loader.hasAssumedSizes = openInput != nil && loader.isNamed
    }

    /// The same network on other examples.
    func using(_ data: DataChoice) -> OpenedModel {
        var other = self
        other.use(data)
        return other
    }

    /// Networks with up to so many bytes of weights are searched for weights that are no numbers before anything is shown; in larger ones a layer says so once it is read.
    private static let searchedByteCount = 256 << 20

    private static func checkFinite(_ network: Network, _ path: String) throws(FormatError) {
        let size = network.parameters.values.reduce(0) { $1.role == .weight ? $0 + $1.values.bytes.count : $0 }
        guard size <= searchedByteCount, let found = network.firstNotFinite() else { return }
        throw FormatError(
            .malformed, file: path, reading: "tensor '\(found.parameter)'", expected: "finite weights",
            actual: "\(found.value) at \(found.place)",
            cure: "Save the network from before its training diverged.")
    }

    /// The file of a name: a path, or a bundled network's name.
    static func path(of name: String, locations: Locations) throws(CommandFailure) -> String {
        if FileManager.default.fileExists(atPath: name) { return name }
        let bundled = locations.models.appendingPathComponent(name + ".onnx").path
        if !name.contains("/"), FileManager.default.fileExists(atPath: bundled) { return bundled }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: locations.models.path)) ?? [])
            .filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
        let known =
            names.isEmpty
            ? "No bundled networks were found in \(locations.models.path): name that folder's parent with --home or PARE_HOME."
            : "Bundled networks: \(names.joined(separator: ", "))."
        throw CommandFailure("There is no file \(name). \(known)", .noInput)
    }

    /// The absolute path of the file; nil for a bundled network, which is found by its name wherever Pare is installed.
    func path(outside models: URL) -> String? {
        guard let path = network.source?.path else { return nil }
        let file = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
        let isBundled = file.deletingLastPathComponent().path == models.standardizedFileURL.resolvingSymlinksInPath().path
        return isBundled ? nil : file.path
    }

    /// What was made of the file before anything was planned; empty where nothing was.
    var changes: [String] { [outputChange, foldingChange].compactMap(\.self) + (network.batchOneFact?.notes ?? []) }

    private var foldingChange: String? {
        guard network.source?.edits.foldsBatchNormalization == true else { return nil }
        let left = network.nodes.count { if case .batchNormalization = $0.operation { true } else { false } }
        let (folded, all) = (network.folded.count, network.layers.count)
        let rest = left == 0 ? "" : "; \(left) that stand elsewhere are left"
        return "batch normalization is folded into \(folded) of \(all) layers (marked +bn)\(rest)"
    }

    var identity: NetworkIdentity {
        NetworkIdentity(
            name: network.name, parameters: network.parameterCount, sha256: network.source?.sha256,
            fileBytes: network.source?.byteCount)
    }
}

extension EngineOptions {
    /// Options with which the size of this network's file is found too.
    init(memoryBudget: Int, niceness: Int = 5, measuring model: OpenedModel) {
        self.init(memoryBudget: memoryBudget, niceness: niceness)
        calibration = model.calibration
        graphByteCount = { network in try? PareFile.graphSection(of: network, file: network.name).count }
        cardByteCount = CardFacts(model.card)?.byteCount ?? 0
    }
}
