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

extension NamedArray {
    /// The split of an array that is called by an input of the network, alone or with the word of a split, behind the name of a file too; nil for another.
    static func split(of name: String, as input: String) -> Split? {
        func words(_ text: String) -> [Substring] { text.lowercased().split { "_-./: ".contains($0) } }
        let (own, wanted) = (words(name), words(input))
        guard !wanted.isEmpty else { return nil }
        if own.count >= wanted.count, own.suffix(wanted.count).elementsEqual(wanted) {
            return splits.first { entry in own.dropLast(wanted.count).contains { entry.1.contains($0) } }?.0 ?? .whole
        }
        guard let place = own.lastIndex(where: { word in splits.contains { $0.1.contains(word) } }) else { return nil }
        var rest = own
        let word = rest.remove(at: place)
        guard rest.count >= wanted.count, rest.suffix(wanted.count).elementsEqual(wanted) else { return nil }
        return splits.first { $0.1.contains(word) }?.0
    }

    /// The input of the network that an array is called by, of several the longest, and its split.
    static func input(of name: String, among inputs: [String]) -> (input: String, split: Split)? {
        inputs.sorted { $0.count > $1.count }.lazy.compactMap { input in split(of: name, as: input).map { (input, $0) } }.first
    }
}

/// Inputs, and labels where there are any, from two arrays.
struct ArrayPart: DataPart {
    var inputs: NamedArray
    var labelArray: NamedArray?
    /// Arrays that are called by inputs of the network.
    var named: [String: NamedArray] = [:]
    /// Whether ``inputs`` is one of them.
    var isNamed = false
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
    /// The parts that arrays make by their names; nil where none is called inputs, nor as one of the network's inputs. Throws for labels of another number.
    init?(arrays: [NamedArray], for network: ClassFacts) throws(FormatError) {
        let called = arrays.map { NamedArray.input(of: $0.name, among: network.inputs) }
        for split in NamedArray.Split.allCases {
            let members = zip(arrays, called).filter { $1 == nil && NamedArray.meaning(of: $0.name)?.split == split }.map(\.0)
            let own = zip(arrays, called).filter { $1?.split == split }.map { ($1?.input ?? "", $0) }
            let plain = try Self.only(.inputs, members)
            let named = Dictionary(own) { first, _ in first }
            guard let inputs = plain ?? network.inputs.lazy.compactMap({ named[$0] }).first else { continue }
            let labels = try Self.only(.labels, members)
            try Self.check(inputs, labels)
            let part = ArrayPart(inputs: inputs, labelArray: labels, named: named, isNamed: plain == nil)
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
            part.map { part in
                var whole = part
                whole.labelArray = part.labelArray.map { names?.numbered($0) ?? $0 }
                (whole.allLabels, whole.names) = (numbered, names)
                return whole
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
        guard inputs.shape.rank >= 1, inputs.shape[0] > 0, inputs.shape.rank <= 8 else {
            throw FormatError(
                .mismatch, file: inputs.path, reading: quoted(inputs.name), expected: "examples [N, …] with N above 0, as [N, C, H, W]",
                actual: "[\(inputs.shape)]")
        }
        guard let labels, labels.shape.dimensions.first != inputs.shape[0] else { return }
        throw FormatError(
            .mismatch, file: labels.path, reading: quoted(labels.name),
            expected: "\(inputs.shape[0]) labels, as \(quoted(inputs.name)) has examples",
            actual: "[\(labels.shape)]",
            cure: ([[], [1]] as [Shape]).contains(labels.shape) || labels.shape.rank > 1
                ? "Where \(quoted(inputs.name)) is one example, give it an axis for examples: \(inputs.name)[None] in NumPy, and the labels too."
                : nil)
    }
}
