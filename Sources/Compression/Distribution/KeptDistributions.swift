/// Coarse distributions of many layers as bytes, so that a large network's second opening need not read it again.
///
/// Little-endian: `version`, then for each layer its name (length, UTF-8), five facts, the centre and the number of values, then each
/// value with its count.
public enum KeptDistributions {
    private static let version: UInt32 = 1
    private static let largestName = 1 << 16

    /// Cost: O(layers · values).
    public static func data(of distributions: [String: WeightDistribution]) -> [UInt8] {
        var writer = Writer()
        writer.append(version)
        for (name, distribution) in distributions.sorted(by: { $0.key < $1.key }) {
            let coarse = distribution.coarsened
            guard let weights = coarse.sorted as? CountedWeights else { continue }
            writer.append(UInt32(name.utf8.count))
            writer.bytes += Array(name.utf8)
            let facts = coarse.facts
            let numbers = [
                facts.minimum, facts.maximum, facts.mean, facts.standardDeviation, facts.nonzeroStandardDeviation, weights.centre,
            ]
            for number in numbers { writer.append(number.bitPattern) }
            writer.append(coarse.resolution.rawValue)
            writer.append(UInt32(weights.values.count))
            for (index, value) in weights.values.enumerated() {
                writer.append(value.bitPattern)
                writer.append(UInt32(truncatingIfNeeded: weights.count(at: index)))
            }
        }
        return writer.bytes
    }

    /// What ``data(of:)`` wrote; nil where the bytes are others.
    public static func distributions(from data: [UInt8]) -> [String: WeightDistribution]? {
        var reader = Reader(bytes: data)
        guard reader.number(UInt32.self) == version else { return nil }
        var distributions: [String: WeightDistribution] = [:]
        while !reader.isAtEnd {
            guard let (name, distribution) = next(&reader) else { return nil }
            distributions[name] = distribution
        }
        return distributions
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func append<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    private static func next(_ reader: inout Reader) -> (String, WeightDistribution)? {
        guard let length = reader.number(UInt32.self), length <= largestName, let name = reader.text(Int(length)) else { return nil }
        var numbers: [Double] = []
        for _ in 0..<6 {
            guard let bits = reader.number(UInt64.self), case let number = Double(bitPattern: bits), number.isFinite else { return nil }
            numbers.append(number)
        }
        guard let code = reader.number(UInt8.self), let resolution = WeightDistribution.Resolution(rawValue: code),
            let size = reader.number(UInt32.self), Int(size) <= reader.rest / 8
        else {
            return nil
        }
        var (values, counts): ([Float], [Int]) = ([], [])
        for _ in 0..<size {
            guard let bits = reader.number(UInt32.self), let count = reader.number(UInt32.self), count > 0 else { return nil }
            let value = Float(bitPattern: bits)
            guard value.isFinite, values.last.map({ $0 < value }) ?? true else { return nil }
            values.append(value)
            counts.append(Int(count))
        }
        let facts = WeightDistribution.Facts(
            minimum: numbers[0], maximum: numbers[1], mean: numbers[2], standardDeviation: numbers[3], nonzeroStandardDeviation: numbers[4])
        let weights = CountedWeights(values: values, counts: counts, centre: numbers[5])
        return (name, WeightDistribution(weights, resolution: resolution, facts: facts))
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == bytes.count }
        var rest: Int { bytes.count - place }

        mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
            let size = MemoryLayout<Number>.size
            guard size <= rest else { return nil }
            defer { place += size }
            return Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) })
        }

        mutating func text(_ count: Int) -> String? {
            guard count <= rest else { return nil }
            defer { place += count }
            return String(decoding: bytes[place..<place + count], as: UTF8.self)
        }
    }
}
