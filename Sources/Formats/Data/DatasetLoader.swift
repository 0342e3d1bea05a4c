import Foundation
import Networks
import Tensors

/// Finds a data set and loads one split of it, as little as that needs.
///
/// Where the data name their splits, those are taken. Else validation is a part of the training examples: the last 10,000, of fewer than 20,000 the last sixth,
/// and where examples lie class by class as many of each class, drawn at random. Data without training examples, or with nothing to test on, are
/// halved, seeded and stratified, into validation and test.
public struct DatasetLoader: Sendable {
    /// `--data`, nil when it was not given.
    public var directory: String?
    public var environment: [String: String]
    /// Gives the input's normalization and shape, and class names.
    public var card: ModelCard?
    /// What was said of normalization and layout.
    public var options = InputOptions()
    /// One example as the network reads it: examples are fitted to it. Nil while there is no network.
    public var inputShape: Shape?
    /// Whether sizes of it were assumed, for these examples fill none of those that the file leaves open: then arrays are not set into larger pictures.
    public var hasAssumedSizes = false
    /// Whether the file states that the network reads integers: stored numbers enter as they are.
    public var readsIntegers = false
    /// The network's inputs that differ by example, where they are several: each is found by its name.
    public var packed: PackedInputs?
    /// What was given for some of them by a file of its own.
    public var arrays: [String: ExampleArrays] = [:]
    /// Names of the network's inputs, which arrays may have.
    public var inputNames: [String] = []
    /// Logits of the network, nil where unknown.
    public var classCount: Int?
    /// The figure that was asked for.
    public var measure: OutputMeasure?
    /// What becomes of data that are one set.
    public var onlySet = OnlySet.halves
    /// Bytes of decoded pictures that are kept.
    public var pictureBudget = 256 << 20

    public init(
        directory: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment, card: ModelCard? = nil
    ) {
        self.directory = directory
        self.environment = environment
        self.card = card
    }

    /// Where Debian's package dataset-fashion-mnist puts its files.
    public static let debianDirectory = "/usr/share/datasets/fashion-mnist"
    /// Validation examples at the end of a training file.
    public static let validationCount = 10_000
    /// Seed of the halves of a data set with one pair of files.
    public static let halvingSeed: UInt64 = 1

    static let cure =
        "Install Fashion-MNIST (apt-get install dataset-fashion-mnist) or name a folder with --data DIR: IDX, NPY, NPZ, safetensors, "
        + "CIFAR or pictures."

    /// The folder that is used, the first of these that is given: `--data`, `PARE_DATA`, Debian's.
    public var chosenDirectory: String {
        if let directory { return directory }
        if let variable = environment["PARE_DATA"], !variable.isEmpty { return variable }
        return Self.debianDirectory
    }

    /// Whether somebody said which data; else they are only what happens to be installed.
    public var isNamed: Bool { chosenDirectory != Self.debianDirectory || directory != nil }

    /// Whether the network reads the images of Fashion-MNIST (1×28×28) as they are or with a margin of up to 2 pixels; true where data were named,
    /// for those are fitted to any network, or no shape is known.
    public var suitsInstalled: Bool {
        guard packed == nil else { return isNamed || !arrays.isEmpty }
        guard !isNamed, let inputShape = arrangedShape, let count = inputShape.checkedCount else { return true }
        return count == 28 * 28
            || (inputShape.rank == 3 && inputShape[0] == 1 && inputShape.dimensions.dropFirst().allSatisfy { (28...32).contains($0) })
    }

    /// Throws where there is no such folder or file. Cost: a system call.
    public func checkIsThere() throws(FormatError) { try DataParts.checkIsThere(chosenDirectory) }

    /// Throws where the folder was not found or holds nothing known, with the cure.
    func parts() throws(FormatError) -> DataParts {
        do {
            let facts = ClassFacts(classCount: classCount, names: card?.classes, inputs: inputNames)
            guard let packed else { return try DataParts(path: chosenDirectory, for: facts) }
            if !isNamed, let parts = givenParts(packed) { return try self.packed(parts, packed) }
            return try self.packed(DataParts(path: chosenDirectory, for: facts), packed)
        } catch {
            var refusal = error
            if directory == nil, error.kind == .notFound || error.kind == .missing {
                let variable = environment["PARE_DATA"].flatMap { $0.isEmpty ? nil : "PARE_DATA" }
                refusal.reading = variable.map { "data folder from \($0)" } ?? "data folder (no --data, no PARE_DATA)"
            }
            throw refusal
        }
    }

    /// The examples where each input was given by a file; nil where one was not.
    private func givenParts(_ packed: PackedInputs) -> DataParts? {
        guard packed.parts.allSatisfy({ arrays[$0.name] != nil }), let first = packed.parts.first.flatMap({ arrays[$0.name] }) else {
            return nil
        }
        func part(_ split: NamedArray.Split) -> ArrayPart? {
            first.bySplit[split].map { ArrayPart(inputs: $0, labelArray: nil, isNamed: true) }
        }
        return DataParts(training: part(.training), validation: part(.validation), test: part(.test) ?? part(.whole))
    }

    /// The inputs of a network that arrays of the data are called by, with all sizes of an array, and whether other arrays are inputs. Cost: headers
    /// of the files.
    public func inputsFound(among names: [String]) -> (named: [String: Shape], hasOthers: Bool) {
        guard let parts = try? DataParts(path: chosenDirectory, for: ClassFacts(inputs: names)) else { return ([:], false) }
        let found = [parts.training, parts.validation, parts.test].compactMap(\.self)
        let arrays = found.compactMap { $0 as? ArrayPart }
        var named: [String: Shape] = [:]
        for (name, array) in arrays.flatMap(\.named) { named[name] = array.shape }
        return (named, arrays.count < found.count || arrays.contains { !$0.isNamed })
    }

    /// All sizes of the first array of examples as it is stored, [N, …]; nil of data that are no arrays. Cost: headers of the files.
    public func storedArray() -> Shape? {
        let parts = try? DataParts(path: chosenDirectory, for: ClassFacts(inputs: inputNames))
        let found = [parts?.validation, parts?.test, parts?.training].compactMap { $0 as? ArrayPart }
        return found.first?.inputs.shape
    }

    /// Finds the files, which makes them ``Files/ReadFiles`` before any is loaded; what is wrong with them is said later.
    public func noteFiles() { _ = try? parts() }

    /// Loads a split: its images and labels, nothing else.
    ///
    /// Cost: gzip files are inflated as far as the split reaches (Fashion-MNIST's validation: the whole training file); pictures are listed, and
    /// decoded later.
    public func load(_ split: DatasetSplit) throws(FormatError) -> Dataset {
        let parts = try parts()
        let selection = try countedFromZero(selection(split, parts), parts)
        return try noting(dataset(split, selection, selection.rows))
    }

    /// Looks at everything but the examples themselves: files, labels, and one example of the split, of the largest label. Throws as ``load(_:)`` does.
    public func sample(_ split: DatasetSplit) throws(FormatError) -> Dataset {
        let parts = try parts()
        let selection = try countedFromZero(selection(split, parts), parts)
        let labels = selection.labels
        let row = labels.flatMap { labels in selection.rows.max { labels[$0] < labels[$1] } } ?? selection.rows.first
        return try dataset(split, selection, row.map { [$0] } ?? [])
    }

    /// One example as [C, H, W] where the network reads pictures, whatever their order of axes.
    var arrangedShape: Shape? { inputShape.map { $0.hasChannelsLast ? $0.channelsFirst : $0 } }

    var target: InputTarget {
        InputTarget(shape: arrangedShape, options: options, pictureBudget: pictureBudget, classCount: classCount)
    }
}

/// How data are dealt out that are one set.
public enum OnlySet: Hashable, Sendable {
    /// Into validation and test.
    case halves
    /// Into validation, test and what layers are fitted to, which are no training examples.
    case thirds
    /// The same, and the last third is what is trained on.
    case calibrating
    /// All of it is trained on.
    case training
}
