import Foundation
import Networks
import Tensors

/// Arrays of one input of a network that differs by example: one for each split, or one for all examples.
public struct ExampleArrays: Sendable {
    let bySplit: [NamedArray.Split: NamedArray]

    /// The arrays in a file that are called by the input (`NAME`, `NAME_train`, …); else the only one, or the one that `name` names.
    public init(_ path: String, array name: String?, input: String) throws(FormatError) {
        let arrays = try GivenInput.arrays(path)
        let own = arrays.compactMap { array in NamedArray.split(of: array.name, as: input).map { ($0, array) } }
        if name == nil, own.count > 1 {
            bySplit = Dictionary(own) { first, _ in first }
            return
        }
        let array = try GivenInput.only(arrays, path, name)
        bySplit = [NamedArray.split(of: array.name, as: input) ?? .whole: array]
    }

    /// The shape of an example.
    public var exampleShape: Shape { Shape(Array((first?.shape.dimensions ?? []).dropFirst())) }

    /// Whether one array is all of it.
    public var isOne: Bool { bySplit.count == 1 }

    /// All sizes of the first array.
    public var shape: Shape { first?.shape ?? [] }

    private var first: NamedArray? { NamedArray.Split.allCases.lazy.compactMap { bySplit[$0] }.first }

    /// An array that is the value of one example, with an axis in front for it.
    public func asOneExample() -> ExampleArrays { ExampleArrays(bySplit: bySplit.mapValues(\.asOneExample)) }

    private init(bySplit: [NamedArray.Split: NamedArray]) { self.bySplit = bySplit }

    /// The start of the SHA-256 of the arrays' bytes.
    public func digest() throws(FormatError) -> String {
        var parts: [Data] = []
        for split in NamedArray.Split.allCases { if let array = bySplit[split] { parts.append(Data(try array.read().bytes)) } }
        return String(FileHash.sha256(parts).prefix(16))
    }
}

/// Examples of several inputs that belong together: labels and number are the first one's.
struct PackedPart: DataPart {
    /// What the data hold under names that say no more than that they are inputs, or by the name of one; labels, too.
    let main: any DataPart
    /// In the order of the network's ``PackedInputs``.
    let members: [any DataPart]

    var path: String { main.path }
    var count: Int { main.count }
    var isSorted: Bool { main.isSorted }
    var classNames: [String]? { main.classNames }
    var labelRemark: String? { main.labelRemark }
    func labels() throws(FormatError) -> [Int32]? { try main.labels() }
    func targets(classCount: Int?) throws(FormatError) -> Targets? { try main.targets(classCount: classCount) }
    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples { try main.examples(rows, for: target) }
}

extension DatasetLoader {
    /// The data of several inputs put together. Throws where one has no examples, or another number of them.
    func packed(_ parts: DataParts, _ packed: PackedInputs) throws(FormatError) -> DataParts {
        var made = parts
        made.training = try parts.training.map { part throws(FormatError) in try self.packed(part, packed, [.training]) }
        made.validation = try parts.validation.map { part throws(FormatError) in try self.packed(part, packed, [.validation]) }
        made.test = try parts.test.map { part throws(FormatError) in try self.packed(part, packed, [.test, .whole]) }
        return made
    }

    private func packed(_ part: any DataPart, _ packed: PackedInputs, _ splits: [NamedArray.Split]) throws(FormatError) -> PackedPart {
        let part = (part as? ArrayPart)?.withAxisForExamples(packed) ?? part
        let own = (part as? ArrayPart)?.named ?? [:]
        // Examples without a name of an input are those of the first one that has none of its own.
        let unnamed =
            (part as? ArrayPart)?.isNamed == true ? nil : packed.parts.first { own[$0.name] == nil && arrays[$0.name] == nil }?.name
        var members: [any DataPart] = []
        for input in packed.parts {
            if input.name == unnamed { members.append(part); continue }
            let given = splits.lazy.compactMap { arrays[input.name]?.bySplit[$0] }.first ?? arrays[input.name]?.bySplit[.whole]
            guard let array = given ?? own[input.name] else {
                throw FormatError(
                    .missing, file: part.path, reading: "the input \(quoted(input.name))",
                    expected: "an array of that name for \(splits[0]) examples",
                    actual: "none", cure: "Give it with --input \(input.name)=FILE, or a number with --input \(input.name)=VALUE.")
            }
            guard array.shape.dimensions.first == part.count else {
                throw FormatError(
                    .mismatch, file: array.path, reading: quoted(array.name),
                    expected: "\(part.count) examples, as \(quoted(part.path)) has",
                    actual: "[\(array.shape)]", cure: Self.formCure(input))
            }
            members.append(ArrayPart(inputs: array, labelArray: nil))
        }
        return PackedPart(main: part, members: members)
    }

    /// The examples of several inputs, each fitted and normalized by itself, together.
    func packedDataset(
        _ split: DatasetSplit, _ part: PackedPart, _ packed: PackedInputs, _ selection: DataSelection, _ rows: [Int]
    ) throws(FormatError) -> Dataset {
        var (sets, facts): ([Dataset], [InputFacts.Part]) = ([], [])
        let hasPictures = packed.parts.contains { $0.shape.rank == 3 }
        for (input, member) in zip(packed.parts, part.members) {
            let loader = self.loader(of: input, hasPictures: hasPictures)
            let own = DataSelection(part: WithoutLabels(part: member), labels: nil, rows: rows)
            let set = try loader.dataset(split, own, rows)
            guard set.exampleShape.count == input.shape.count else {
                throw FormatError(
                    .mismatch, file: member.path, reading: "the input \(quoted(input.name))",
                    expected: input.shape.rank == 0 ? "one number for each example" : "examples [\(input.shape)]",
                    actual: "[\(set.exampleShape)] for each", cure: Self.formCure(input))
            }
            if let own = set.facts { facts.append(InputFacts.Part(name: input.name, facts: own)) }
            sets.append(set)
        }
        var dataset = Dataset(
            packing: sets, name: isNamed ? sets.first?.name ?? "" : URL(fileURLWithPath: part.path).lastPathComponent, split: split,
            labels: selection.labels.map { labels in rows.map { labels[$0] } } ?? [],
            classNames: classNames(false, selection))
        dataset.targets = try part.targets(classCount: classCount).map { Targets($0.values.rows(rows)) }
        dataset.measure = measure
        dataset.facts = InputFacts(facts)
        dataset.warning = Self.joined(zip(packed.parts, sets).map { input, set in set.warning.map { "\(input.name): \($0)" } })
        dataset.remark = Self.joined([selection.remark, part.labelRemark, selection.labelRemark])
        let hashes = sets.compactMap(\.sha256)
        if hashes.count == sets.count { dataset.sha256 = Self.hash(dataset, hashes) }
        return dataset
    }

    /// What reads one of several inputs: scale, mean and deviation that were said, and the card's, are those of pictures where there are some, else of floats.
    private func loader(of input: PackedInputs.Part, hasPictures: Bool) -> DatasetLoader {
        var loader = self
        (loader.packed, loader.arrays, loader.inputShape) = (nil, [:], input.shape)
        loader.readsIntegers = input.value.elementType?.isFraction == false
        if loader.readsIntegers || hasPictures && input.shape.rank != 3 { (loader.card, loader.options) = (nil, InputOptions()) }
        return loader
    }

    private static func formCure(_ input: PackedInputs.Part) -> String {
        "The file states \(quoted(input.name)) as [\(input.value.statedAxes)]: give arrays with a row for each example along the first axis of all inputs, or, "
            + "where the inputs together are one example, arrays as the file states them, or those with an axis in front, x[None] in NumPy."
    }

    private static func joined(_ sentences: [String?]) -> String? {
        let said = sentences.compactMap(\.self)
        return said.isEmpty ? nil : said.joined(separator: "; ")
    }

    private static func hash(_ dataset: Dataset, _ hashes: [String]) -> String {
        let labels = dataset.targets.map { Data($0.values.bytes) } ?? dataset.labels.withUnsafeBytes { Data($0) }
        return FileHash.sha256(hashes.map { Data($0.utf8) } + [labels])
    }
}

extension ArrayPart {
    /// Where arrays are as the network's inputs are that together are one example, with an axis in front of each for it.
    fileprivate func withAxisForExamples(_ packed: PackedInputs) -> ArrayPart {
        let isOne = packed.parts.contains { part in part.axis == nil && named[part.name]?.shape == part.shape }
        guard isOne, isNamed else { return self }
        var part = self
        part.named = [:]
        for input in packed.parts {
            guard let array = named[input.name] else { continue }
            part.named[input.name] = array.shape == input.wholeShape ? array.asOneExample : array
        }
        guard let first = packed.parts.lazy.compactMap({ part.named[$0.name] }).first else { return self }
        part.inputs = first
        if let labelArray, labelArray.shape.dimensions.first != 1 { part.labelArray = labelArray.asOneExample }
        return part
    }
}

extension NamedArray {
    /// The same with an axis in front.
    fileprivate var asOneExample: NamedArray {
        var array = self
        let (stored, whole) = (read, Shape([1] + shape.dimensions))
        array.shape = whole
        array.read = { () throws(FormatError) in try stored().reshaped(whole) }
        return array
    }
}

/// Examples without what is known of them.
private struct WithoutLabels: DataPart {
    let part: any DataPart

    var path: String { part.path }
    var count: Int { part.count }
    var isSorted: Bool { part.isSorted }
    var classNames: [String]? { nil }
    func labels() throws(FormatError) -> [Int32]? { nil }
    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples { try part.examples(rows, for: target) }
}
