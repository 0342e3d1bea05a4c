/// How often examples of a label were taken for a class, for as many classes as there are; only what is not zero is kept.
public struct ConfusionTable: Hashable, Sendable {
    /// A pair of label and prediction that came.
    public struct Cell: Hashable, Sendable {
        public var label: Int
        public var prediction: Int
        public var count: Int
    }

    public let classCount: Int
    /// By label · classes + prediction.
    private var counts: [Int: Int] = [:]

    public init(classCount: Int) { self.classCount = classCount }

    /// Of a square matrix [label][prediction].
    public init(_ rows: [[Int]]) {
        self.init(classCount: rows.count)
        for (label, row) in rows.enumerated() {
            for (prediction, count) in row.prefix(classCount).enumerated() where count != 0 {
                counts[label * classCount + prediction] = count
            }
        }
    }

    /// 0 for a pair outside the table.
    public subscript(label: Int, prediction: Int) -> Int { place(label, prediction).flatMap { counts[$0] } ?? 0 }

    /// Counts one example more, or several; one outside the table is left out. Cost: O(1).
    public mutating func add(label: Int, prediction: Int, count: Int = 1) {
        if let place = place(label, prediction) { counts[place, default: 0] += count }
    }

    private func place(_ label: Int, _ prediction: Int) -> Int? {
        let classes = 0..<classCount
        return classes.contains(label) && classes.contains(prediction) ? label * classCount + prediction : nil
    }

    /// What is not zero, by label, then by prediction. Cost: O(cells · log cells).
    public var cells: [Cell] {
        counts.sorted { $0.key < $1.key }.map { Cell(label: $0.key / classCount, prediction: $0.key % classCount, count: $0.value) }
    }

    /// The largest count; 0 for none.
    public var largest: Int { counts.values.max() ?? 0 }
    /// Whether all examples of the table have one label. Cost: O(1) where they have not, as a rule.
    public var hasOneLabel: Bool {
        guard let first = counts.keys.first else { return false }
        return counts.keys.allSatisfy { $0 / classCount == first / classCount }
    }

    /// All examples of the table.
    public var total: Int { counts.values.reduce(0, +) }

    /// The share of each label's examples that were taken for it; nil where there are none. Cost: O(classes + cells).
    public var diagonalShares: [Double?] {
        var totals = [Int](repeating: 0, count: classCount)
        for (place, count) in counts { totals[place / classCount] += count }
        return totals.indices.map { totals[$0] == 0 ? nil : Double(self[$0, $0]) / Double(totals[$0]) }
    }
}

extension ConfusionTable: Codable {
    private enum Key: CodingKey { case classes, cells }

    /// Classes and cells, or a matrix [label][prediction], which sessions may hold.
    public init(from decoder: any Decoder) throws {
        if let rows = try? [[Int]](from: decoder) {
            self.init(rows)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        self.init(classCount: try container.decode(Int.self, forKey: .classes))
        let limit = classCount.multipliedReportingOverflow(by: classCount)
        guard classCount >= 0, !limit.overflow else {
            throw DecodingError.dataCorruptedError(forKey: .classes, in: container, debugDescription: "\(classCount) classes")
        }
        for cell in try container.decode([[Int]].self, forKey: .cells) {
            guard cell.count == 3, let place = place(cell[0], cell[1]) else {
                throw DecodingError.dataCorruptedError(forKey: .cells, in: container, debugDescription: "\(cell) is no cell")
            }
            counts[place] = cell[2]
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(classCount, forKey: .classes)
        try container.encode(cells.map { [$0.label, $0.prediction, $0.count] }, forKey: .cells)
    }
}
