import Foundation
import Networks
import Tensors

extension DatasetLoader {
    func labels(of part: any DataPart) throws(FormatError) -> [Int32]? {
        guard try part.targets(classCount: classCount) == nil, let labels = try part.labels() else { return nil }
        guard labels.count == part.count else {
            throw FormatError(
                .mismatch, file: part.path, reading: "labels", expected: "\(part.count), one for each example", actual: "\(labels.count)")
        }
        return labels
    }

    /// The data set of these rows, with names, normalization and what is known of how inputs are made.
    func dataset(_ split: DatasetSplit, _ selection: DataSelection, _ rows: [Int]) throws(FormatError) -> Dataset {
        if let packed, let part = selection.part as? PackedPart { return try packedDataset(split, part, packed, selection, rows) }
        let stored = try selection.part.examples(rows, for: target)
        let isFashion = selection.labels.map(FashionMNIST.hasLabels) ?? false
        let folder = URL(fileURLWithPath: chosenDirectory).lastPathComponent
        let remarks = [selection.remark, selection.part.labelRemark, selection.labelRemark].compactMap(\.self)
        var dataset = Dataset(
            name: isFashion ? FashionMNIST.name : folder, split: split, inputs: stored.inputs,
            labels: selection.labels.map { labels in rows.map { labels[$0] } } ?? [],
            classNames: classNames(isFashion, selection), remark: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
        dataset.targets = try selection.part.targets(classCount: classCount).map { Targets($0.values.rows(rows)) }
        dataset.measure = measure
        dataset.source = stored.source
        if let arrangedShape {
            let coloured = dataset.coloured(for: arrangedShape)
            let fitted = hasAssumedSizes ? coloured : coloured.padded(to: arrangedShape)
            if fitted.exampleShape.count == arrangedShape.checkedCount {
                if fitted.exampleShape != coloured.exampleShape { try checkPictures(dataset, stored, selection.part.path) }
                dataset = fitted
            }
        }
        dataset.fillsChannelsLast = inputShape?.hasChannelsLast == true && dataset.exampleShape.rank == 3
        let isChanged = stored.source == nil && dataset.exampleShape != Shape(Array(stored.inputs.shape.dimensions.dropFirst()))
        let sample = InputSample(dataset, for: inputShape)
        let (normalization, origin) = try normalization(for: dataset, sample)
        dataset.normalization = normalization
        let facts = sample.facts(
            dataset, stored, origin: options.isNormalizationGiven ? .flags : origin,
            fitting: isChanged ? "fitted to the network" : stored.fitting)
        dataset.facts = facts
        if options.scale == nil { dataset.warning = sample.warning(dataset.name, facts, origin) }
        if stored.source == nil { dataset.sha256 = Self.hash(dataset) }
        if let change = dataset.maps.firstChange ?? stored.inputs.storage.map?.change { throw FormatError(change) }
        return dataset
    }

    /// Throws for arrays without an axis of channels, values below 0 and less than a quarter of the network's picture: signals or tables, which are no
    /// pictures that lie in the middle of larger ones.
    private func checkPictures(_ dataset: Dataset, _ stored: StoredExamples, _ path: String) throws(FormatError) {
        guard let arrangedShape, let inputShape, dataset.exampleShape.rank == 3, dataset.exampleShape[0] == 1, stored.layout == nil else {
            return
        }
        let area = dataset.exampleShape.count
        let sample = InputSample(dataset, for: inputShape)
        guard sample.low < 0, 4 * area < arrangedShape[1] * arrangedShape[2] else { return }
        throw FormatError(
            .mismatch, file: path, reading: "examples", expected: "pictures [\(inputShape)], as the network reads",
            actual: "[\(stored.stored)] with values below 0",
            cure:
                "Name examples of the network's shape with --data; grey pictures that are normalized already have an axis of channels, x[:, None] in NumPy."
        )
    }

    /// Of inputs and labels, or targets.
    private static func hash(_ dataset: Dataset) -> String {
        let inputs = dataset.fillsChannelsLast ? ImageArrays.turned(dataset.inputs, toLast: true) : dataset.inputs
        if let targets = dataset.targets { return FileHash.sha256(inputs, targets.values.bytes) }
        return dataset.labels.withUnsafeBytes { FileHash.sha256(inputs, $0) }
    }

    // A card that names other data says nothing about these classes.
    func classNames(_ isFashion: Bool, _ selection: DataSelection) -> [String] {
        if isFashion { return FashionMNIST.classNames }
        if let names = selection.part.classNames { return names }
        guard let labels = selection.labels else { return [] }
        let count = Int(labels.max() ?? 0) + 1
        if let names = card?.classes, names.count >= count, card?.data?.name != FashionMNIST.name { return names }
        return (0..<count).map(String.init)
    }

    /// What was said, then the card's, then what the file states: integers are read as they are stored; then what the values suggest: bytes and images of
    /// whole numbers up to 255 · 1/255, others as they are.
    ///
    /// A card's word is left out where it was carried out already: ``InputSample/origin(under:)``.
    private func normalization(
        for dataset: Dataset, _ sample: InputSample
    ) throws(FormatError) -> (InputNormalization, InputFacts.Origin) {
        let input = card?.input
        var normalization = InputNormalization(scale: options.scale ?? input?.scale ?? (!readsIntegers && sample.isByteScale ? 1 / 255 : 1))
        normalization.mean = options.mean ?? input?.mean ?? [0]
        normalization.standardDeviation = options.standardDeviation ?? input?.standardDeviation ?? [1]
        try check(normalization, dataset)
        let origin =
            input == nil ? readsIntegers ? .declared : .assumed : options.scale == nil ? sample.origin(under: normalization) : .card
        if origin == .divided || origin == .normalized { normalization.scale = 1 }
        if origin == .normalized {
            (normalization.mean, normalization.standardDeviation) = (options.mean ?? [0], options.standardDeviation ?? [1])
        }
        return (normalization, origin)
    }

    private func check(_ normalization: InputNormalization, _ dataset: Dataset) throws(FormatError) {
        let channels = dataset.exampleShape.rank > 2 ? dataset.exampleShape[0] : 1
        for (name, said, values) in [
            ("mean", options.mean != nil, normalization.mean),
            ("standardDeviation", options.standardDeviation != nil, normalization.standardDeviation),
        ] where values.count != 1 && values.count != channels {
            throw FormatError(
                .mismatch, file: said ? chosenDirectory : card?.name ?? "",
                reading: said ? "the \(name) that was given" : "\(name) of the model card",
                expected: "1 or \(channels) values", actual: "\(values.count)")
        }
        guard normalization.standardDeviation.allSatisfy({ $0 > 0 }) else {
            throw FormatError(
                .malformed, file: card?.name ?? chosenDirectory, reading: "standardDeviation", expected: "numbers above 0",
                actual: "\(normalization.standardDeviation)")
        }
    }
}
