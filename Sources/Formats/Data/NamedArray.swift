import Networks
import Tensors

/// An array in a file, by the name that tells what it holds.
struct NamedArray: Sendable {
    enum Split: CaseIterable { case whole, training, validation, test }
    enum Content { case inputs, labels }

    var name: String
    var path: String
    var elementType: ElementType
    var shape: Shape
    var read: @Sendable () throws(FormatError) -> Tensor
    /// What it holds where that is text; then the values are no numbers before ``ClassNames`` gives them some.
    var names: [String]?

    private static let splits: [(Split, Set<Substring>)] = [
        (.training, ["train", "training"]), (.validation, ["val", "valid", "validation"]), (.test, ["test", "testing"]),
    ]
    private static let contents: [(Content, Set<String>)] = [
        (.inputs, ["x", "images", "image", "inputs", "input", "data", "features", "arr_0"]),
        (.labels, ["y", "labels", "label", "targets", "target", "classes", "class", "arr_1"]),
    ]

    /// What the name says: `x_train`, `train_images`, `val/labels`, `y`; nil for any other.
    static func meaning(of name: String) -> (split: Split, content: Content)? {
        let words = name.lowercased().split { "_-./ ".contains($0) }
        let split = splits.first { entry in words.contains { entry.1.contains($0) } }
        let rest = words.filter { word in !splits.contains { $0.1.contains(word) } }
        // The last word says what it is: a file's name may stand before it.
        let candidates = [rest.joined(separator: "_"), rest.suffix(2).joined(separator: "_"), rest.last.map(String.init) ?? ""]
        for candidate in candidates {
            if let content = contents.first(where: { $0.1.contains(candidate) }) { return (split?.0 ?? .whole, content.0) }
        }
        return nil
    }
}

/// Inputs, and labels where there are any, from two arrays.
struct ArrayPart: DataPart {
    let inputs: NamedArray
    let labelArray: NamedArray?
    /// Those of all splits, which have one meaning.
    var allLabels: [NamedArray] = []
    /// What labels that are text name.
    var names: ClassNames?

    var path: String { inputs.path }
    var count: Int { inputs.shape[0] }
    var isSorted: Bool { false }
    var classNames: [String]? { names?.names }
    var labelRemark: String? {
        if let names, let labelArray { return names.remark(of: labelArray.name) }
        guard let labelArray, labelArray.shape.rank == 2, labelArray.shape[1] > 1,
            allLabels.allSatisfy({ (try? $0.read()).map(ClassLabels.areOneHot) ?? false })
        else { return nil }
        return "\(quoted(labelArray.name)) holds one-hot rows: the class is the place of the 1"
    }

    func labels() throws(FormatError) -> [Int32]? {
        guard let array = labelArray else { return nil }
        let tensor = try array.read()
        let labels = try ClassLabels.indices(tensor, file: array.path, offset: nil, reading: "\(quoted(array.name)), label")
        try tensor.checkUnchanged()
        return labels
    }

    func targets(classCount: Int?) throws(FormatError) -> Targets? {
        guard let array = labelArray else { return nil }
        for labels in allLabels {
            let tensor = try labels.read()
            if try ClassLabels.isOfClasses(tensor, classCount: classCount, file: labels.path, reading: quoted(labels.name)) { continue }
            let own = try array.read()
            try own.checkUnchanged()
            return Targets(own)
        }
        return nil
    }

    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples {
        let tensor = try inputs.read()
        let examples = try ImageArrays.arranged(tensor.rows(rows), file: inputs.path, for: target)
        try tensor.checkUnchanged()
        return examples
    }
}

extension DataParts {
    /// The parts that arrays make by their names; nil where none is called inputs. Throws for labels of another number.
    init?(arrays: [NamedArray], for network: ClassFacts) throws(FormatError) {
        for split in NamedArray.Split.allCases {
            let members = arrays.filter { NamedArray.meaning(of: $0.name)?.split == split }
            guard let inputs = try Self.only(.inputs, members) else { continue }
            let labels = try Self.only(.labels, members)
            try Self.check(inputs, labels)
            let part = ArrayPart(inputs: inputs, labelArray: labels)
            switch split {
            case .whole, .test: if test == nil { test = part }
            case .training: training = part
            case .validation: validation = part
            }
        }
        if training == nil, validation == nil, test == nil { return nil }
        let parts = [training, validation, test].map { $0 as? ArrayPart }
        let labels = parts.compactMap { $0?.labelArray }
        let names = try ClassNames(labels, network)
        let numbered = labels.map { names?.numbered($0) ?? $0 }
        func whole(_ part: ArrayPart?) -> ArrayPart? {
            part.map {
                ArrayPart(inputs: $0.inputs, labelArray: $0.labelArray.map { names?.numbered($0) ?? $0 }, allLabels: numbered, names: names)
            }
        }
        (training, validation, test) = (whole(parts[0]), whole(parts[1]), whole(parts[2]))
    }

    private static func only(_ content: NamedArray.Content, _ arrays: [NamedArray]) throws(FormatError) -> NamedArray? {
        let called = arrays.filter { NamedArray.meaning(of: $0.name)?.content == content }
        // Names of classes beside labels that are numbers are no labels.
        let numbers = called.filter { $0.names == nil }
        let found = numbers.isEmpty ? called : numbers
        guard found.count <= 1 else {
            throw FormatError(
                .duplicate, file: found[0].path, reading: "arrays", expected: "one array of \(content) a split",
                actual: quoted(found.map(\.name)), cure: "Give a folder or file that holds one data set.")
        }
        return found.first
    }

    private static func check(_ inputs: NamedArray, _ labels: NamedArray?) throws(FormatError) {
        guard inputs.shape.rank >= 1, inputs.shape[0] > 0, inputs.shape.rank <= 4 else {
            throw FormatError(
                .mismatch, file: inputs.path, reading: quoted(inputs.name), expected: "examples [N, …] with N above 0, as [N, C, H, W]",
                actual: "[\(inputs.shape)]")
        }
        guard let labels, labels.shape.dimensions.first != inputs.shape[0] else { return }
        throw FormatError(
            .mismatch, file: labels.path, reading: quoted(labels.name),
            expected: "\(inputs.shape[0]) labels, as \(quoted(inputs.name)) has examples",
            actual: "[\(labels.shape)]")
    }
}
