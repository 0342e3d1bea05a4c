import Frames
import Reports

/// What was counted of an output that is no plain list of classes, in words for the screen.
package struct FigureText {
    let figure: OutputFigure
    let numbers: NumberFormat

    package init(figure: OutputFigure, numbers: NumberFormat) { (self.figure, self.numbers) = (figure, numbers) }

    /// `91.02 %`, `0.9731`: a share in %, other figures as numbers.
    package func text(_ value: Double?, _ name: OutputFigure.Row.Name) -> String {
        name.isShare
            ? numbers.percent(value, digits: 2, isSpaced: true)
            : name == .r2 ? numbers.decimal(value, digits: 4) : numbers.significant(value)
    }

    /// Each figure of both networks, or all but the measure: `mIoU 61.20 % → 60.87 %`.
    package func rows(_ arrow: String, isComplete: Bool = true) -> [String] {
        figure.rows.filter { isComplete || $0.name.rawValue != figure.reading.measure.rawValue }.map {
            "\($0.name.words) \(text($0.original, $0.name)) \(arrow) \(text($0.current, $0.name))"
        }
    }

    /// `difference −0.33 (95 % −0.41 to −0.25, by examples)`, in points where it is a share.
    package var difference: String {
        let factor = figure.reading.measure == .r2 ? 1.0 : 100.0
        let digits = figure.reading.measure == .r2 ? 4 : 2
        let words = [figure.difference, figure.differenceInterval.low, figure.differenceInterval.high].map {
            numbers.signed(factor * $0, digits: digits)
        }
        let unit = factor == 1 ? "" : " points"
        guard figure.differenceInterval.low < figure.differenceInterval.high else { return "difference \(words[0])\(unit)" }
        return "difference \(words[0])\(unit), 95 % by examples: \(words[1]) to \(words[2])"
    }

    /// What is left out, each in a sentence.
    package var remarks: [String] {
        let reading = figure.reading
        return [
            figure.ignored > 0 ? "\(numbers.count(figure.ignored, reading.answerName)) without a label left out" : nil,
            figure.leftOut > 0 ? "\(numbers.count(figure.leftOut, "example")) with a value that is not finite left out" : nil,
            reading.assumed,
        ].compactMap(\.self)
    }
}
