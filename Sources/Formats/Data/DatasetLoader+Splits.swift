import Foundation
import Networks
import Tensors

/// A part, and which of its examples make a split.
struct DataSelection {
    var part: any DataPart
    var labels: [Int32]?
    var rows: [Int]
    var remark: String?
    /// What was done to the labels.
    var labelRemark: String?
}

extension DatasetLoader {
    /// Which examples a split has.
    func selection(_ split: DatasetSplit, _ parts: DataParts) throws(FormatError) -> DataSelection {
        switch (split, parts.training, parts.validation, parts.test) {
        case (.validation, _, .some(let part), .some), (.test, _, .some, .some(let part)), (.test, .some, _, .some(let part)):
            return try whole(split, part)
        case (.train, .some(let part), .some, _): return try whole(split, part)
        case (.train, .some(let part), .none, .some), (.validation, .some(let part), .none, .some): return try portion(split, part)
        case (.train, _, _, _):
            let only = parts.test ?? parts.validation ?? parts.training
            if onlySet == .training, let only { return try whole(split, only) }
            if onlySet == .calibrating, hasOnlySet(parts), let only { return try share(split, only) }
            throw FormatError(
                .missing, file: only?.path ?? chosenDirectory, reading: "training examples",
                expected: "training examples beside the others",
                actual: "one set of \(Self.examples(only?.count ?? 0))",
                cure: "Add the training examples, or name another folder with --data DIR.")
        case (_, _, _, _):
            guard let part = parts.test ?? parts.validation ?? parts.training else { throw none(split, chosenDirectory, 0) }
            return try share(split, part)
        }
    }

    /// Whether the data are one set, which is dealt out.
    public var hasOnlySet: Bool { (try? parts()).map(hasOnlySet) ?? false }

    private func hasOnlySet(_ parts: DataParts) -> Bool {
        [parts.training != nil, parts.validation != nil, parts.test != nil].count { $0 } == 1
    }

    /// Labels that are counted from 1 by what all parts hold together, counted from 0: as many as the network has classes, and none is 0.
    ///
    /// Cost: the labels of all parts, where those of this one lack 0.
    func countedFromZero(_ selection: DataSelection, _ parts: DataParts) throws(FormatError) -> DataSelection {
        guard let classCount, classCount > 1, let own = selection.labels, let least = own.min(), least > 0 else { return selection }
        var (low, high) = (least, own.max() ?? 0)
        for part in [parts.training, parts.validation, parts.test].compactMap(\.self) {
            guard let labels = try labels(of: part) else { continue }
            (low, high) = (min(low, labels.min() ?? low), max(high, labels.max() ?? high))
        }
        guard low == 1, Int(high) == classCount else { return selection }
        var counted = selection
        counted.labels = own.map { $0 - 1 }
        counted.labelRemark = "the labels 1…\(high) are counted from 1 for \(classCount) classes: 1 was taken from each"
        return counted
    }

    /// `1 example`, `12 examples`.
    private static func examples(_ count: Int, _ noun: String = "example") -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private func none(_ split: DatasetSplit, _ path: String, _ count: Int) -> FormatError {
        FormatError(.missing, file: path, reading: "\(split.rawValue) examples", expected: "some", actual: "none of \(count)")
    }

    private func whole(_ split: DatasetSplit, _ part: any DataPart) throws(FormatError) -> DataSelection {
        guard part.count > 0 else { throw none(split, part.path, 0) }
        return DataSelection(part: part, labels: try labels(of: part), rows: Array(0..<part.count))
    }

    /// The training examples without those held out for validation, or those.
    private func portion(_ split: DatasetSplit, _ part: any DataPart) throws(FormatError) -> DataSelection {
        let labels = try labels(of: part)
        let held = Self.heldCount(part.count)
        let rows: [Int]
        var remark: String?
        if part.isSorted, let labels {
            let chosen = Self.drawn(labels, count: held)
            rows = split == .train ? Array(Set(0..<part.count).subtracting(chosen)).sorted() : chosen
            let count = Self.examples(part.count, "training example")
            remark = "validation is \(chosen.count) of \(count), drawn by class (seed \(Self.halvingSeed))"
        } else {
            rows = split == .train ? Array(0..<part.count - held) : Array(part.count - held..<part.count)
            if part.count < 2 * Self.validationCount {
                remark = "validation is the last \(held) of \(Self.examples(part.count, "training example"))"
            }
        }
        guard !rows.isEmpty else { throw none(split, part.path, part.count) }
        return DataSelection(part: part, labels: labels, rows: rows, remark: remark)
    }

    /// One share of the only part: within each class a seeded shuffle, dealt out in turn.
    private func share(_ split: DatasetSplit, _ part: any DataPart) throws(FormatError) -> DataSelection {
        let labels = try labels(of: part)
        let shares = onlySet == .halves ? 2 : 3
        let place = [DatasetSplit.validation: 0, .test: 1, .train: 2][split] ?? 0
        let chosen = Self.share(place, of: shares, labels: labels ?? Array(repeating: 0, count: part.count))
        guard !chosen.isEmpty else {
            throw FormatError(
                .missing, file: part.path, reading: "\(split.rawValue) examples", expected: "\(shares == 2 ? "two" : "three") or more",
                actual: "\(part.count)")
        }
        let way = "\(labels == nil ? "at random" : "by class and at random") (seed \(Self.halvingSeed))"
        let dealt =
            shares == 2
            ? "halved \(way) into validation and test"
            : "dealt \(way) into three equal parts: validation, test, and what layers are fitted to"
        return DataSelection(
            part: part, labels: labels, rows: chosen, remark: "there is one set of \(Self.examples(part.count)): \(dealt)")
    }

    /// 10,000, and of fewer than 20,000 a sixth.
    static func heldCount(_ count: Int) -> Int { count >= 2 * validationCount ? validationCount : count / 6 }

    /// Every n-th place of a shuffle within each class, from the first share on.
    static func share(_ place: Int, of shares: Int, labels: [Int32]) -> [Int] {
        var generator = SeededGenerator(seed: halvingSeed)
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }
        var dealt = 0
        var chosen: [Int] = []
        for label in classes.keys.sorted() {
            for index in (classes[label] ?? []).shuffled(using: &generator) {
                if dealt % shares == place { chosen.append(index) }
                dealt += 1
            }
        }
        return chosen.sorted()
    }

    /// About `count` examples, of each class its share.
    static func drawn(_ labels: [Int32], count: Int) -> [Int] {
        var generator = SeededGenerator(seed: halvingSeed)
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }
        var chosen: [Int] = []
        for label in classes.keys.sorted() {
            let members = (classes[label] ?? []).shuffled(using: &generator)
            chosen += members.prefix(Int((Double(members.count) * Double(count) / Double(max(1, labels.count))).rounded()))
        }
        return chosen.sorted()
    }
}
