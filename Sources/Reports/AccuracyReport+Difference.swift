extension AccuracyReport {
    /// Accuracy under the plan minus the original's, over the examples measured with both: (gains − losses) / n.
    public var difference: Double { evaluated == 0 ? 0 : Double(gains - losses) / Double(evaluated) }

    /// 95 % interval of the difference over the whole split.
    public var differenceInterval: Interval {
        .pairedDifference(gains: gains, losses: losses, of: evaluated, population: count)
    }

    /// Share of right answers of the plan for each label, nil where a class has no measured example.
    public var perClass: [Double?] { Self.diagonalShares(confusion) }

    /// The same of the original over the same examples.
    public var originalPerClass: [Double?] { Self.diagonalShares(originalConfusion) }

    private static func diagonalShares(_ confusion: [[Int]]) -> [Double?] {
        confusion.enumerated().map { label, row in
            let total = row.reduce(0, +)
            return total == 0 || label >= row.count ? nil : Double(row[label]) / Double(total)
        }
    }
}
