import Networks
import Tensors

/// Extremes of the stored values of some examples.
struct InputSample {
    var low: Float = .infinity
    var high: Float = -.infinity
    private let isBytes: Bool
    /// Whether an example has rows and columns, and as many channels as pictures have.
    private let isImage: Bool
    private var isWhole = true
    /// What bytes without rows and columns are taken for; nil of other examples.
    private let byteRow: ByteRow?

    /// Examples that are looked at: of files that must be decoded fewer.
    ///
    /// - Parameter shape: One example as the network reads it.
    init(_ dataset: Dataset, for shape: Shape? = nil) {
        isBytes = dataset.inputs.elementType == .uint8
        byteRow = isBytes && dataset.source == nil && (shape?.rank ?? 1) == 1 ? ByteRow(dataset) : nil
        let dimensions = dataset.exampleShape.dimensions
        isImage = dimensions.count == 2 || dimensions.count == 3 && [1, 3, 4].contains(dimensions[0])
        let count = min(dataset.count, dataset.source == nil ? 32 : 4)
        for place in 0..<count {
            // One that can't be decoded is reported when it is measured.
            guard let pixels = try? dataset.pixels(of: place * dataset.count / count) else { continue }
            for value in pixels.floats where value.isFinite {
                (low, high) = (min(low, value), max(high, value))
                if !isBytes, value != value.rounded() { isWhole = false }
            }
        }
        if low > high { (low, high) = (0, 0) }
    }

    /// Bytes but those of a table, or images of values like those of pixels; floats of a table are none, whatever their range.
    var isByteScale: Bool { isBytes ? byteRow?.isTable != true : isImage && hasPixelValues }

    /// Whole numbers of 0…255, of which some lie in the upper half.
    private var hasPixelValues: Bool { isWhole && low >= 0 && high > 127 && high <= 255 }

    /// The model card, unless it is of pixels, scaled by 1/255, and the values lie where its word puts these: from 0 to 1, or below 0 too within the
    /// range of its mean and deviation. They were divided or normalized already.
    func origin(under card: InputNormalization) -> InputFacts.Origin {
        guard card.isOfPixels, !isBytes, low < high else { return .card }
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
        case .card:
            guard !isBytes, !hasPixelValues, low >= 0, high > 2, facts.normalization.isOfPixels else { return nil }
            return values
                + " are not like those of pixels, whole numbers up to 255, but were taken for them as the model card says (\(facts.formula)): "
                + "if they are none, say --scale 1; where they are, --scale 1/255 says so"
        case .flags, .declared: return nil
        case .assumed:
            if let byteRow { return values + byteRow.words(facts) }
            guard !isBytes, hasPixelValues else { return nil }
            guard isByteScale else {
                return values + " are whole numbers as pixels have them, but their shape is no picture's: they are read as they are; "
                    + "where they are pixels, say --scale 1/255, and where they are none --scale 1"
            }
            return values + " were taken for pixels because of their shape and values (\(facts.formula)): "
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
            shape: dataset.filledShape.dimensions, stored: stored.stored, layout: stored.layout, normalization: normalization,
            origin: origin, fitting: fitting, storedLow: low, storedHigh: high, low: inputs.low, high: inputs.high)
    }
}
