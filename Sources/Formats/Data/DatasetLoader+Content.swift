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
        let facts = sample.facts(
            dataset, stored, origin: options.isNormalizationGiven ? .flags : origin,
            fitting: isChanged ? "fitted to the network" : stored.fitting)
        dataset.facts = facts
        if options.scale == nil { dataset.warning = sample.warning(dataset.name, facts, origin) }
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
    ///
    /// A card's word is left out where it was carried out already: ``InputSample/origin(under:)``.
    private func normalization(
        for dataset: Dataset, _ sample: InputSample
    ) throws(FormatError) -> (InputNormalization, InputFacts.Origin) {
        let input = card?.input
        var normalization = InputNormalization(scale: options.scale ?? input?.scale ?? (sample.isByteScale ? 1 / 255 : 1))
        normalization.mean = options.mean ?? input?.mean ?? [0]
        normalization.standardDeviation = options.standardDeviation ?? input?.standardDeviation ?? [1]
        try check(normalization, dataset)
        let origin = input == nil ? .assumed : options.scale == nil ? sample.origin(under: normalization) : .card
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

    /// The model card, unless it is of pixels, scaled by 1/255, and the values lie where its word puts these: from 0 to 1, or below 0 too within the
    /// range of its mean and deviation. They were divided or normalized already.
    func origin(under card: InputNormalization) -> InputFacts.Origin {
        guard card.isOfPixels, !isByteScale, low < high else { return .card }
        if low >= 0 { return high <= 1 ? .divided : .card }
        let pixels = InputSample.range(0, 255, card)
        let slack = (pixels.high - pixels.low) / 100
        return low >= pixels.low - slack && high <= pixels.high + slack ? .normalized : .card
    }

    /// What is to be said where the range of the values decided, and what settles it; nil where nothing was guessed.
    func warning(_ name: String, _ facts: InputFacts, _ origin: InputFacts.Origin) -> String? {
        let values = "the values of \(name), \(facts.storedRange),"
        switch origin {
        case .divided:
            return values + " were taken for pixels that are divided by 255 already, so the model card's scale is left out: "
                + "--scale 1 says that they are; where they are not, say --scale 1/255"
        case .normalized:
            return values + " were taken for pixels that are normalized already as the model card says, so that is left out: "
                + "--scale 1 --mean 0 --std 1 says that they are; where they are not, say --scale 1/255"
        case .card, .flags, .assumed:
            guard !isBytes, isByteScale, facts.normalization.isOfPixels else { return nil }
            return values + " were taken for pixels because of their range (\(facts.formula)): "
                + "if they are none, say --scale 1; where they are, --scale 1/255 says so"
        }
    }

    /// What values become that lie between two stored ones, over all channels.
    private static func range(_ low: Float, _ high: Float, _ normalization: InputNormalization) -> (low: Float, high: Float) {
        let (means, deviations) = (normalization.mean, normalization.standardDeviation)
        let ends = (0..<max(means.count, deviations.count)).flatMap { channel -> [Float] in
            let (mean, deviation) = (means[min(channel, means.count - 1)], deviations[min(channel, deviations.count - 1)])
            return [low, high].map { ($0 * normalization.scale - mean) / deviation }
        }
        return (ends.min() ?? low, ends.max() ?? high)
    }

    func facts(_ dataset: Dataset, _ stored: StoredExamples, origin: InputFacts.Origin, fitting: String?) -> InputFacts {
        let normalization = dataset.normalization
        let inputs = InputSample.range(low, high, normalization)
        return InputFacts(
            shape: dataset.exampleShape.dimensions, stored: stored.stored, layout: stored.layout, normalization: normalization,
            origin: origin, fitting: fitting, storedLow: low, storedHigh: high, low: inputs.low, high: inputs.high)
    }
}
