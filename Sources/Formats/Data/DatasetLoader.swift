import Foundation
import Networks
import Tensors

/// Finds a data set and loads one split of it, as little as that needs.
///
/// train is the training file without its last 10,000 examples, validation those last 10,000, test the other file. A folder with one pair of files
/// has no training examples; its examples are halved, seeded and stratified, into validation and test.
public struct DatasetLoader: Sendable {
    /// `--data`, nil when it was not given.
    public var directory: String?
    public var environment: [String: String]
    /// Gives the input's normalization and shape, and class names.
    public var card: ModelCard?

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

    static let cure = "Install Fashion-MNIST (apt-get install dataset-fashion-mnist) or name a folder of IDX files with --data DIR."

    /// The folder that is used, the first of these that is given: `--data`, `PARE_DATA`, Debian's.
    public var chosenDirectory: String {
        if let directory { return directory }
        if let variable = environment["PARE_DATA"], !variable.isEmpty { return variable }
        return Self.debianDirectory
    }

    /// The files of the data set. Throws with the folder that was looked in and the cure.
    public func catalog() throws(FormatError) -> DataCatalog {
        do {
            return try DataCatalog(directory: chosenDirectory)
        } catch {
            var refusal = error
            if directory == nil, error.kind == .notFound || error.kind == .missing {
                let variable = environment["PARE_DATA"].flatMap { $0.isEmpty ? nil : "PARE_DATA" }
                refusal.reading = variable.map { "data folder from \($0)" } ?? "data folder (no --data, no PARE_DATA)"
            }
            throw refusal
        }
    }

    /// Loads a split: its images and labels, nothing else.
    ///
    /// Cost: the gzip files are inflated as far as the split reaches (Fashion-MNIST's validation: the whole training file).
    public func load(_ split: DatasetSplit) throws(FormatError) -> Dataset {
        let catalog = try catalog()
        switch (split, catalog.training) {
        case (.test, .some): return try dataset(split, catalog, catalog.test, 0..<catalog.test.count)
        case (.train, .some(let training)): return try dataset(split, catalog, training, 0..<Self.trainingCount(training))
        case (.validation, .some(let training)):
            return try dataset(split, catalog, training, Self.trainingCount(training)..<training.count)
        case (.train, .none):
            throw FormatError(
                .missing, file: catalog.directory, reading: "training examples", expected: "two pairs of IDX files",
                actual: "one pair of \(catalog.test.count) examples", cure: "Add the training file, or name another folder with --data DIR."
            )
        case (_, .none): return try half(split, catalog)
        }
    }

    /// Everything but the last 10,000; of fewer than 20,000 everything but the last sixth.
    static func trainingCount(_ pair: DataPair) -> Int {
        pair.count - (pair.count >= 2 * validationCount ? validationCount : pair.count / 6)
    }
}
