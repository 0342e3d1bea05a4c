import Compression
import Reports

/// Which option is measured next, and on how many examples: a function of what is known, so that whoever is cut off goes on to the same table.
///
/// All coarse options on a few examples, layers from the output backwards, for what comes behind a layer is run anew; then all others on as many; then those
/// that may be worth it on more, the best step first; then these on all.
struct SensitivitySchedule {
    struct Work: Equatable {
        var option: LayerOption
        var examples: Int
    }

    /// Examples of the first stage, which rank options, and of the second, which tell changes of the cross-entropy.
    static let stages = [256, SensitivityTable.manyExamples]

    /// At most so many examples.
    var limit: Int
    /// Examples that are run at one go, of which all numbers are multiples.
    var batch = 1
    /// Whether options that surely cost too much are measured to the end.
    var isWhole: Bool

    /// Nil where nothing is left. Cost: O(options).
    func next(in table: SensitivityTable, without failed: Set<LayerOption.Key>) -> Work? {
        let most = whole(limit, of: table)
        let options = table.options.filter { !failed.contains($0.key) }
        if let work = unmeasured(options.filter(\.isCoarse), table) ?? unmeasured(options, table) { return work }
        let (measure, figures) = (table.measure, options.compactMap { table.figure($0.key) })
        for stage in Self.stages.dropFirst().map({ min(whole($0, of: table), most) }) + [most] {
            let open = figures.filter { isOpen($0, before: stage) }
            if let best = open.min(by: { cost($0, measure) < cost($1, measure) }) { return Work(option: best.option, examples: stage) }
        }
        return nil
    }

    /// The number of examples in whole batches that is nearest, at most all.
    func whole(_ examples: Int, of table: SensitivityTable) -> Int {
        guard examples < table.count else { return table.count }
        return min(table.count, max(batch, (examples + batch / 2) / batch * batch))
    }

    private func unmeasured(_ options: [LayerOption], _ table: SensitivityTable) -> Work? {
        let open = options.filter { table.figure($0.key) == nil }
        guard let weight = open.last?.weight, let first = open.first(where: { $0.weight == weight }) else { return nil }
        return Work(option: first, examples: whole(min(limit, Self.stages[0]), of: table))
    }

    private func isOpen(_ figure: OptionFigure, before examples: Int) -> Bool {
        figure.evaluated < examples && (isWhole || !figure.isHopeless)
    }

    /// By what a byte costs; what wins none comes last.
    private func cost(_ figure: OptionFigure, _ measure: OptionFigure.Measure) -> Double {
        guard figure.remark == nil, let change = figure.change(of: measure) else { return .infinity }
        return max(change, 0) / Double(figure.bytesWon)
    }
}
