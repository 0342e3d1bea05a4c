import Foundation
import Networks
import Tensors

extension DatasetLoader {
    func labels(of part: any DataPart) throws(FormatError) -> [Int32]? {
        guard let labels = try part.labels() else { return nil }
        guard labels.count == part.count else {
            throw FormatError(
                .mismatch, file: part.path, reading: "labels", expected: "\(part.count), one for each example", actual: "\(labels.count)")
        }
        return labels
    }

    /// The data set of these rows, with names, normalization and what is known of how inputs are made.
    func dataset(_ split: DatasetSplit, _ selection: DataSelection, _ rows: [Int]) throws(FormatError) -> Dataset {
        let stored = try selection.part.examples(rows, for: target)
        let isFashion = selection.labels.map(FashionMNIST.hasLabels) ?? false
        let folder = URL(fileURLWithPath: chosenDirectory).lastPathComponent
        var dataset = Dataset(
            name: isFashion ? FashionMNIST.name : folder, split: split, inputs: stored.inputs,
            labels: selection.labels.map { labels in rows.map { labels[$0] } } ?? [],
            classNames: classNames(isFashion, selection), remark: selection.remark)
        dataset.source = stored.source
        if let inputShape {
            let fitted = dataset.coloured(for: inputShape).padded(to: inputShape)
            if fitted.exampleShape.count == inputShape.checkedCount { dataset = fitted }
        }
        let isChanged = stored.source == nil && dataset.exampleShape != Shape(Array(stored.inputs.shape.dimensions.dropFirst()))
        let sample = InputSample(dataset)
        let (normalization, origin) = try normalization(for: dataset, sample)
        dataset.normalization = normalization
        let facts = sample.facts(dataset, stored, origin: origin, fitting: isChanged ? "fitted to the network" : stored.fitting)
        dataset.facts = facts
        if sample.isScaleGuessed, options.scale == nil, normalization.scale != 1 {
            dataset.warning = sample.scaleWarning(dataset.name, facts)
        }
        if stored.source == nil { dataset.sha256 = dataset.labels.withUnsafeBytes { FileHash.sha256(dataset.inputs, $0) } }
        if let change = dataset.maps.firstChange ?? stored.inputs.storage.map?.change { throw FormatError(change) }
        return dataset
    }

    // A card that names other data says nothing about these classes.
    private func classNames(_ isFashion: Bool, _ selection: DataSelection) -> [String] {
        if isFashion { return FashionMNIST.classNames }
        if let names = selection.part.classNames { return names }
        guard let labels = selection.labels else { return [] }
        let count = Int(labels.max() ?? 0) + 1
        if let names = card?.classes, names.count >= count, card?.data?.name != FashionMNIST.name { return names }
        return (0..<count).map(String.init)
    }

    /// What was said, then the card's, then what the values suggest: bytes · 1/255, numbers up to 255 too, others as they are.
    private func normalization(
        for dataset: Dataset, _ sample: InputSample
    ) throws(FormatError) -> (InputNormalization, InputFacts.Origin) {
        let input = card?.input
        let isByteScale = sample.isByteScale
        // A card's scale belongs to bytes; values from 0 to 1 have it behind them.
        let cardScale = input.map { isByteScale || $0.scale > 0.5 ? $0.scale : 1 }
        // Values below 0 were normalized already.
        let isDone = sample.low < 0 && !isByteScale
        var normalization = InputNormalization(scale: options.scale ?? (isByteScale ? cardScale ?? 1 / 255 : isDone ? 1 : cardScale ?? 1))
        if !isDone, let input { (normalization.mean, normalization.standardDeviation) = (input.mean, input.standardDeviation) }
        if let mean = options.mean { normalization.mean = mean }
        if let deviation = options.standardDeviation { normalization.standardDeviation = deviation }
        try check(normalization, dataset)
        let origin: InputFacts.Origin = options.isNormalizationGiven ? .flags : input != nil && !isDone ? .card : .assumed
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

/// Extremes of the stored values of some examples.
struct InputSample {
    var low: Float = .infinity
    var high: Float = -.infinity
    private let isBytes: Bool

    /// Examples that are looked at: of files that must be decoded fewer.
    init(_ dataset: Dataset) {
        isBytes = dataset.inputs.elementType == .uint8
        let count = min(dataset.count, dataset.source == nil ? 32 : 4)
        for place in 0..<count {
            // One that can't be decoded is reported when it is measured.
            guard let pixels = try? dataset.pixels(of: place * dataset.count / count) else { continue }
            for value in pixels.floats where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        }
        if low > high { (low, high) = (0, 0) }
    }

    /// Bytes, or numbers that go from 0 up to 255.
    var isByteScale: Bool { isBytes || (low >= 0 && high > 2 && high <= 255) }

    /// Whether numbers that are no bytes are taken for pixels because of their range.
    var isScaleGuessed: Bool { !isBytes && isByteScale }

    func scaleWarning(_ name: String, _ facts: InputFacts) -> String {
        "the values of \(name), \(facts.storedRange), were taken for pixels because of their range (\(facts.formula)): "
            + "if they are none, say --scale 1; where they are, --scale 1/255 says so"
    }

    func facts(_ dataset: Dataset, _ stored: StoredExamples, origin: InputFacts.Origin, fitting: String?) -> InputFacts {
        let normalization = dataset.normalization
        let channels = max(normalization.mean.count, normalization.standardDeviation.count)
        let ends = (0..<channels).flatMap { channel -> [Float] in
            let mean = normalization.mean[min(channel, normalization.mean.count - 1)]
            let deviation = normalization.standardDeviation[min(channel, normalization.standardDeviation.count - 1)]
            return [low, high].map { ($0 * normalization.scale - mean) / deviation }
        }
        return InputFacts(
            shape: dataset.exampleShape.dimensions, stored: stored.stored, layout: stored.layout, normalization: normalization,
            origin: origin,
            fitting: fitting, storedLow: low, storedHigh: high, low: ends.min() ?? low, high: ends.max() ?? high)
    }
}
