import Compression

/// What the options of all layers do to a network, as far as it is measured.
public struct SensitivityTable: Codable, Hashable, Sendable {
    public var kind: SensitivityKind
    public var context: SensitivityContext
    /// Layer by layer in the order of the graph, each family from mild to coarse.
    public private(set) var options: [LayerOption]
    /// In the order of the options; nil is not measured.
    private var figures: [OptionFigure?]
    private var places: [LayerOption.Key: Int]
    /// What ``OptionFigure/figure`` is of: `accuracy`, `agreement`, `mIoU`, or `cosine`.
    public var figureName: String
    /// Examples that there are to measure.
    public var count: Int
    /// At most so many of them are measured for an option.
    public var needed: Int

    public init(_ kind: SensitivityKind, _ context: SensitivityContext, options: [LayerOption], figureName: String, count: Int) {
        (self.kind, self.context, self.options, self.figureName, self.count) = (kind, context, options, figureName, count)
        needed = count
        figures = Array(repeating: nil, count: options.count)
        places = Dictionary(options.enumerated().map { ($1.key, $0) }) { first, _ in first }
    }

    /// Takes a figure in the place of one on fewer examples; one of an option that is not here is left out.
    public mutating func add(_ figure: OptionFigure) {
        guard let place = places[figure.option.key], options[place].plan == figure.option.plan, figure.count == count,
            figures[place].map({ $0.evaluated < figure.evaluated }) ?? true
        else { return }
        figures[place] = figure
    }

    public func figure(_ key: LayerOption.Key) -> OptionFigure? { places[key].flatMap { figures[$0] } }

    /// Those that are measured, in the order of the options.
    public var measured: [OptionFigure] { figures.compactMap(\.self) }

    /// Options measured on all examples, or on as many as they need.
    public var doneCount: Int { figures.count { $0.map { $0.evaluated >= needed || $0.isHopeless } ?? false } }
    public var isComplete: Bool { doneCount == options.count }

    /// The weights of the layers that have options, in the order of the graph.
    public var weights: [String] {
        var seen = Set<String>()
        return options.compactMap { seen.insert($0.weight).inserted ? $0.weight : nil }
    }

    /// The families of a layer, in the order of the table.
    public func families(of weight: String) -> [String] {
        var seen = Set<String>()
        return options.compactMap { $0.weight == weight && seen.insert($0.family).inserted ? $0.family : nil }
    }

    /// The options of a family in a layer with what is known of them, from mild to coarse: raw points, nothing between them.
    public func curve(of weight: String, _ family: String) -> [(option: LayerOption, figure: OptionFigure?)] {
        options.indices.filter { options[$0].weight == weight && options[$0].family == family }.map { (options[$0], figures[$0]) }
    }
}

extension SensitivityTable {
    /// What costs are compared by: the cross-entropy once every option that is worth it has been measured on enough examples for it, the divergence
    /// from the original before and without labels, the squared error of outputs that are no list of classes.
    public var measure: OptionFigure.Measure {
        let steps = measured.filter { $0.remark == nil && !$0.isHopeless }
        if !steps.isEmpty, steps.allSatisfy({ $0.crossEntropy != nil && $0.evaluated >= min(Self.manyExamples, count) }) {
            return measured.count == options.count ? .crossEntropy : .divergence
        }
        return measured.contains { $0.divergence != nil } || measured.allSatisfy { $0.squaredError == nil } ? .divergence : .squaredError
    }

    /// Examples from which a change of the cross-entropy, which may have either sign, is told from chance better than the divergence, which has not.
    public static let manyExamples = 1_000

    /// All steps: least max(change, 0) for a byte won first, of equal ones the one that wins more.
    ///
    /// What wins no byte, changes nothing or loses outputs is no step. Cost: O(options log options).
    public var rankedSteps: [OptionFigure] {
        let measure = measure
        let steps = measured.enumerated().compactMap { place, figure -> (figure: OptionFigure, cost: Double, place: Int)? in
            guard figure.remark == nil, let change = figure.change(of: measure) else { return nil }
            return (figure, max(change, 0) / Double(figure.bytesWon), place)
        }
        let ranked = steps.sorted { left, right in
            (left.cost, right.figure.bytesWon, left.place) < (right.cost, left.figure.bytesWon, right.place)
        }
        return ranked.map(\.figure)
    }

    /// The first of ``rankedSteps``, of each family of a layer the best alone.
    public func nextSteps(_ most: Int = 10) -> [OptionFigure] { Self.next(most, among: rankedSteps) }

    /// The same of steps in their order.
    package static func next(_ most: Int = 10, among ranked: [OptionFigure]) -> [OptionFigure] {
        var seen = Set<[String]>()
        return Array(ranked.filter { seen.insert([$0.option.weight, $0.option.family]).inserted }.prefix(most))
    }

    /// Bypasses of a plan's layers, those that give back most for a byte first, then those that cost none; without a figure by the divergence.
    public var givingBack: [OptionFigure] {
        func worth(_ figure: OptionFigure) -> Double {
            let gain = figure.figure?.value ?? -(figure.change(of: .divergence) ?? figure.change(of: .squaredError) ?? 0)
            return gain / Double(max(1, -figure.bytesWon))
        }
        return measured.sorted { worth($0) > worth($1) }
    }

    /// The least curve that lies nowhere below the raw one and never falls towards the coarser options: max over all milder ones, which is what a solver
    /// goes by. Nil until the first measured option; an option that is not measured has that of the one before it.
    public func envelope(of weight: String, _ family: String, _ measure: OptionFigure.Measure) -> [Double?] {
        var highest: Double?
        return curve(of: weight, family).map { point in
            if let change = point.figure?.change(of: measure) { highest = max(highest ?? change, change) }
            return highest
        }
    }
}
