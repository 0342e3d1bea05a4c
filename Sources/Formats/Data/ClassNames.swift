import Networks
import Tensors

/// What is known of a network before its data are read.
struct ClassFacts {
    /// Logits; nil where unknown.
    var classCount: Int?
    /// In the order of the classes, by the model card.
    var names: [String]?
    /// Names of its inputs, which arrays may have.
    var inputs: [String] = []
}

/// Which class each name of labels that are text is.
struct ClassNames: Sendable {
    let names: [String]
    /// Whether the model card gives the order; else it is that of the alphabet, as numpy.unique and scikit-learn number names.
    let isStated: Bool
    private let places: [String: Int32]

    /// Of all labels together; nil where none are text. Throws where some are numbers, or where it can't be told which class a name is.
    init?(_ labels: [NamedArray], _ network: ClassFacts) throws(FormatError) {
        guard let first = labels.first(where: { $0.names != nil }) else { return nil }
        if let other = labels.first(where: { $0.names == nil }) {
            throw FormatError(
                .mismatch, file: other.path, reading: quoted(other.name), expected: "names, as \(quoted(first.name)) holds",
                actual: "numbers")
        }
        let used = Set(labels.flatMap { $0.names ?? [] })
        isStated = network.names.map { used.isSubset(of: $0) } ?? false
        let sorted = used.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        names = isStated ? network.names ?? sorted : sorted
        places = Dictionary(names.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
        // One score tells two classes apart.
        let wanted = network.classCount.map { $0 == 1 ? 2 : $0 }
        guard !isStated, let wanted, wanted != names.count else { return }
        throw FormatError(
            .mismatch, file: first.path, reading: quoted(first.name), expected: "\(wanted) names, as the network has classes",
            actual: "\(names.count): \(quoted(names))",
            cure: "Write class indices, or list all names in their order as `classes` of the model card.")
    }

    /// The same labels as class indices [N].
    func numbered(_ array: NamedArray) -> NamedArray {
        var numbered = array
        let indices = (array.names ?? []).map { places[$0] ?? 0 }
        numbered.names = nil
        numbered.read = { () throws(FormatError) in
            let storage = TensorStorage(byteCount: 4 * indices.count) { memory in indices.withUnsafeBytes { memory.copyMemory(from: $0) } }
            return Tensor(shape: [indices.count], elementType: .int32, storage: storage)
        }
        return numbered
    }

    /// What was made of the labels called so.
    func remark(of name: String) -> String {
        let order = isStated ? "in the model card's order" : "numbered by the alphabet (a model card's `classes` give another order)"
        return "\(quoted(name)) holds names, \(order): " + quoted(names)
    }
}

extension NamedArray {
    /// Labels that are text, [N].
    init(name: String, path: String, names: [String]) {
        self.init(name: name, path: path, elementType: .int32, shape: [names.count], read: Self.unnumbered(name, path), names: names)
    }

    /// Nothing asks before the names have numbers.
    private static func unnumbered(_ name: String, _ path: String) -> @Sendable () throws(FormatError) -> Tensor {
        { () throws(FormatError) in
            throw FormatError(.unsupported, file: path, reading: quoted(name), expected: "numbers", actual: "text")
        }
    }
}
