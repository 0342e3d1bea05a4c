import Exports
import Formats
import Networks
import Tensors

/// What the inputs of a network are: the same in every example, or another value in each.
struct InputChoice {
    /// What was said, and which of several inputs differ by example, for the network's hash.
    var settings: [InputSetting] = []
    var values: [String: GivenInput] = [:]
    /// Files that hold a value for each example.
    var arrays: [String: ExampleArrays] = [:]
    /// The shape of one example of the only input.
    var example: [Int]?

    /// Where the data hold arrays that are as the inputs are, first axis and all: what they are as one example.
    var oneExample: [String: Shape] = [:]

    /// Files of one array.
    private(set) var files: [String: ExampleArrays] = [:]

    private(set) var inputs: [NetworkValue] = []
    private(set) var fixed: Set<String> = []

    /// - Parameter decides: Whether inputs that the data name, or that can be drawn, differ by example without a word; what a session keeps stays.
    init(_ path: String, _ edits: OpeningEdits, data: DataChoice, decides: Bool) throws(FormatError) {
        (settings, example) = (edits.inputs, edits.example)
        if let stated = try? NetworkFile.inputs(of: path) { (inputs, fixed) = stated }
        for place in settings.indices { settings[place] = try read(settings[place]) }
        takeGiven()
        guard inputs.count > 1 else {
            takeOnlyShape()
            return
        }
        if inputs.count(where: { isByExample($0.name) }) == 1, !inputs.contains(where: { isWhole($0.name) }) { takeOnlyShape() }
        defer { settle(path) }
        guard decides, !decide(data), inputs.contains(where: { isByExample($0.name) }) else { return }
        // What was said of some goes for them beside the one that the examples enter; a container has others.
        let others =
            PareFile.isContainer(path) ? inputs.filter { values[$0.name] == nil && !fixed.contains($0.name) } : [main].compactMap(\.self)
        for input in others where !isByExample(input.name) { add(input) }
    }

    /// The input that the examples enter where nothing else is said.
    private var main: NetworkValue? {
        inputs.filter { isByExample($0.name) || values[$0.name] == nil && !fixed.contains($0.name) }.forExamples
    }

    func isByExample(_ name: String) -> Bool { if case .examples? = values[name] { true } else { false } }

    /// The shape of the data's examples counts where the file leaves sizes open.
    mutating func add(_ input: NetworkValue, _ shape: Shape? = nil) {
        let isWhole = shape.map { $0.rank == input.axes?.count } ?? false
        let needed = isWhole || input.isOpen && input.axes?.count != 1 ? shape : nil
        values[input.name] = .examples(needed)
        settings.append(InputSetting(byExample: input.name, shape: needed?.dimensions ?? []))
    }

    /// Reads what was said of an input; the setting with what tells a file's content.
    private mutating func read(_ setting: InputSetting) throws(FormatError) -> InputSetting {
        if let shape = setting.exampleShape {
            values[setting.name] = .examples(shape.isEmpty ? nil : Shape(shape))
            return setting
        }
        if let number = setting.number {
            values[setting.name] = .number(number)
            return setting
        }
        var setting = setting
        let place = setting.value.split(separator: "#", maxSplits: 1).map(String.init)
        let (file, array) = (place.first ?? setting.value, place.count > 1 ? place[1] : nil)
        let found = try ExampleArrays(file, array: array, input: setting.name)
        if found.isOne { files[setting.name] = found }
        if let input = inputs.first(where: { $0.name == setting.name }), input.isByExample(found) {
            arrays[setting.name] = found
            values[setting.name] = .examples(found.exampleShape)
            setting.digest = try found.digest()
        } else {
            let value = try GivenInput.file(file, array: array)
            values[setting.name] = value
            setting.digest = value.digest
        }
        return setting
    }

    /// `--input-shape NAME=…` of the only input that differs is what it is without a name.
    private mutating func takeOnlyShape() {
        guard let place = settings.firstIndex(where: { $0.exampleShape?.isEmpty == false && arrays[$0.name] == nil }),
            settings[place].name
                == (inputs.filter { isByExample($0.name) || values[$0.name] == nil }.forExamples?.name ?? settings[place].name),
            inputs.isEmpty || inputs.contains(where: { $0.name == settings[place].name })
        else { return }
        example = example ?? settings[place].exampleShape
        values[settings[place].name] = nil
        settings.remove(at: place)
    }

    /// What shapes with all axes mean where inputs that differ are known.
    private mutating func settle(_ path: String) {
        dropNumbers(of: path)
        if inputs.count(where: { isByExample($0.name) }) == 1 { takeOnlyShape() }
    }

    /// Takes inputs for those that differ by example: arrays of the data have their names, or they are drawn. False where none is.
    private mutating func decide(_ data: DataChoice) -> Bool {
        let open = inputs.filter { values[$0.name] == nil }
        var loader = DatasetLoader(directory: data.path)
        loader.options = data.options
        if data.generated == nil, loader.isNamed {
            let (named, hasOthers) = loader.inputsFound(among: inputs.filter { values[$0.name] == nil || isByExample($0.name) }.map(\.name))
            guard !named.isEmpty else { return false }
            if hasOthers, let main = open.filter({ named[$0.name] == nil && !fixed.contains($0.name) }).forExamples { add(main) }
            takeNamed(open, named)
            return true
        }
        // What a container keeps says itself which of its inputs differ.
        guard fixed.isEmpty, let main else { return false }
        let drawn = open.filter { $0.name != main.name && $0.isDrawn(beside: main) }
        guard !drawn.isEmpty else { return false }
        for input in open where input.name == main.name || drawn.contains(input) { add(input) }
        return true
    }
}

extension NetworkValue {
    /// Whether arrays hold an example's value in each row: an array that is as large as the input itself holds the value of all.
    fileprivate func isByExample(_ arrays: ExampleArrays) -> Bool {
        if !arrays.isOne { return true }
        guard let axes, !axes.isEmpty else { return false }
        let (shape, own) = (arrays.shape.dimensions, axes.map { axis in if case .fixed(let extent) = axis { extent } else { 0 } })
        guard shape.count > 0 else { return false }
        func fits(_ sizes: [Int]) -> Bool {
            sizes.count == shape.count - 1 && zip(sizes, shape.dropFirst()).allSatisfy { $0 == 0 || $0 == $1 }
        }
        // The value of all: all sizes, with one example along an open axis.
        let isWhole = own.count == shape.count && zip(own, shape).allSatisfy { $0 == $1 || $0 == 0 && $1 == 1 }
        return !isWhole
            && own.indices.contains { place in
                guard own[place] <= 1 else { return false }
                var sizes = own
                sizes.remove(at: place)
                return fits(sizes) || fits(own.map { max($0, 1) })
            }
    }

    /// Whether it is drawn where examples are: its first axis is the examples' as that of the main input, and its name is none of a state.
    fileprivate func isDrawn(beside main: NetworkValue) -> Bool {
        guard let axes, let first = axes.first, first == main.axes?.first, elementType?.blockCount == 1 else { return false }
        if case .fixed(let extent) = first { guard extent == 1, axes.count > 1 else { return false } }
        let words = name.lowercased().split { !$0.isLetter }
        return !words.contains { Self.stateWords.contains(String($0)) }
    }

    /// Words of the names of what a network keeps from step to step, which is zeros at the start.
    private static let stateWords: Set<String> = [
        "state", "states", "hidden", "cell", "memory", "cache", "past", "h", "c", "hn", "cn", "hx", "cx", "context",
    ]
}

extension Network {
    /// How inputs that differ by example are known from others, one sentence; nil where there is one alone.
    var packedNote: String? {
        guard let packed else { return nil }
        guard whole == nil else {
            let open = packed.parts.filter { part in
                guard part.axis == 0, case .open? = part.value.axes?.first else { return false }
                return true
            }
            let assumed =
                open.first.map { first in
                    let (names, sizes) = (open.map { "“\($0.name)”" }.joined(separator: ", "), first.value.statedAxes)
                    return "; the file leaves the first size of \(names) open and 1 is assumed: --input-shape \(first.name)=… says it, as "
                        + "[\(sizes)], or arrays of these names with --data"
                } ?? ""
            return "\(packed.parts.count) inputs differ by example; --input NAME=VALUE makes one the same in all" + assumed
        }
        return "\(packed.parts.count) inputs differ by example: \(packed.words); --input NAME=VALUE makes one the same in all"
    }
}
