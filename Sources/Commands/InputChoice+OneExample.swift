import Formats
import Networks
import Tensors

/// Several inputs that have no axis for examples in common: the arrays that were given are one example, or each row of them is one.
extension InputChoice {
    /// Takes inputs that arrays of the data are called by: the arrays are one example where they are as the file states its inputs and have no number of
    /// examples in common; each row of them is one example where it is so.
    ///
    /// - Parameter open: Those that nothing was said of.
    mutating func takeNamed(_ open: [NetworkValue], _ named: [String: Shape]) {
        let found = inputs.filter { named[$0.name] != nil }
        let areRows = found.contains { $0.hasWholeRows(named[$0.name]) } && found.allSatisfy { $0.fitsRows(named[$0.name]) }
        let isOne = !areRows && found.count > 1 && found.allSatisfy { $0.fits(named[$0.name]?.dimensions) }
        let isSaid = settings.contains { $0.exampleShape.map { Shape($0) } == named[$0.name] }
        let isExample = isOne && (isSaid || Set(found.map { named[$0.name]?.dimensions.first }).count > 1)
        if isOne, !isExample { oneExample = found.reduce(into: [:]) { $0[$1.name] = named[$1.name] } }
        for input in open {
            guard let shape = named[input.name] else { continue }
            let example = isExample ? shape : Shape(Array(shape.dimensions.dropFirst()))
            // A row [1, …] of an input [N, …] is one of its examples.
            let isBatchOfOne = !areRows && !isExample && example.rank > 0 && example.rank == input.axes?.count && example[0] == 1
            add(input, isBatchOfOne ? Shape(Array(example.dimensions.dropFirst())) : example)
        }
    }

    /// The same with the arrays as one example; nil where they can't be.
    var asOneExample: InputChoice? {
        guard !oneExample.isEmpty else { return nil }
        var choice = self
        choice.oneExample = [:]
        choice.settings.removeAll { oneExample[$0.name] != nil && $0.exampleShape != nil }
        for (name, shape) in oneExample.sorted(by: { $0.key < $1.key }) {
            choice.values[name] = .examples(shape)
            choice.arrays[name] = files[name]?.asOneExample() ?? arrays[name]
            if files[name] == nil { choice.settings.append(InputSetting(byExample: name, shape: shape.dimensions)) }
        }
        return choice
    }

    /// Where every input was given by an array of its own that is as the file states it, they are one example if none of them holds a row for each
    /// example, or not the same number of rows; else they may be.
    mutating func takeGiven() {
        let given = inputs.filter { files[$0.name] != nil }
        guard given.count > 1, inputs.allSatisfy({ values[$0.name] != nil || fixed.contains($0.name) }),
            given.allSatisfy({ $0.fits(files[$0.name]?.shape.dimensions) })
        else { return }
        oneExample = given.reduce(into: [:]) { $0[$1.name] = files[$1.name]?.shape }
        let counts = Set(given.filter { isByExample($0.name) }.map { files[$0.name]?.shape.dimensions.first })
        if counts.count != 1, let choice = asOneExample { self = choice }
    }

    /// `--input-shape NAME=8x128` of inputs that take any number of examples says the number of them first, which is none of an example's sizes.
    mutating func dropNumbers(of path: String) {
        let said = settings.filter { $0.exampleShape.map { $0.count > 1 } ?? false && isWhole($0.name) && arrays[$0.name] == nil }
        guard !said.isEmpty, !inputs.contains(where: { input in isWhole(input.name) && !said.contains { $0.name == input.name } }) else {
            return
        }
        var other = self
        for setting in said {
            guard let shape = setting.exampleShape.map({ Array($0.dropFirst()) }) else { continue }
            other.values[setting.name] = .examples(Shape(shape))
            other.settings.removeAll { $0.name == setting.name }
            other.settings.append(InputSetting(byExample: setting.name, shape: shape))
        }
        guard let read = try? NetworkReader.readQuickly(path, inputs: other.values), read.whole == nil, read.blockingNodes.isEmpty else {
            return
        }
        self = other
    }
}

extension InputChoice {
    /// Whether an example of an input is to have all its axes.
    func isWhole(_ name: String) -> Bool {
        guard case .examples(let shape?)? = values[name], let axes = inputs.first(where: { $0.name == name })?.axes else { return false }
        return shape.rank == axes.count && shape.rank > 0
    }
}

extension NetworkValue {
    /// Whether an array has the sizes that the file fixes along all axes.
    fileprivate func fits(_ sizes: [Int]?) -> Bool {
        guard let axes, let sizes, axes.count == sizes.count else { return false }
        return zip(axes, sizes).allSatisfy { axis, size in if case .fixed(let extent) = axis { extent == size } else { true } }
    }

    /// Whether each row of an array is as the whole input, which has more than one row itself.
    fileprivate func hasWholeRows(_ shape: Shape?) -> Bool {
        guard let shape, shape.rank > 1, shape[1] != 1 else { return false }
        return fits(Array(shape.dimensions.dropFirst()))
    }

    /// The same, or each row is as the whole input without an axis of one element in front.
    fileprivate func fitsRows(_ shape: Shape?) -> Bool {
        guard let row = shape.map({ Array($0.dimensions.dropFirst()) }) else { return false }
        return fits(row) || axes?.isEmpty == true && row.isEmpty || axes?.first == .fixed(1) && fits([1] + row)
    }
}
