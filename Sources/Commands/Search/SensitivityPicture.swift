import Compression
import Foundation
import Frames
import Networks
import Reports

/// Curves of all layers beside each other, on one scale: what is left of a layer's bytes to the right, what that costs upwards. SVG without script.
///
/// Raw points have a mark of their family; the line through none of them is the monotone envelope, which never falls.
struct SensitivityPicture {
    private let tables: [SensitivityTable]
    private let network: Network

    private static let (width, height, gap, left, top) = (260.0, 170.0, 26.0, 46.0, 24.0)
    private static let columns = 3
    /// What lies below is drawn at the foot: changes there are rounding.
    private static let least = 1e-4
    private static let colors = ["#4269d0", "#b87a00", "#d4433b", "#3c8c58", "#8a5cc2"]

    init(_ tables: [SensitivityTable], network: Network) {
        (self.tables, self.network) = (tables.filter { $0.kind != .leaveOneOut }, network)
    }

    private struct Panel {
        var table: SensitivityTable
        var weight: String
        var title: String
    }

    private var panels: [Panel] {
        let names = Dictionary(network.layers.map { ($0.weight, $0.name) }) { first, _ in first }
        return tables.flatMap { table in
            table.weights.map {
                Panel(table: table, weight: $0, title: (names[$0] ?? $0) + (tables.count > 1 ? ", \(table.kind.rawValue)" : ""))
            }
        }
    }

    /// The whole file.
    var svg: String {
        let panels = panels
        let rows = max(1, (panels.count + Self.columns - 1) / Self.columns)
        let (stepX, stepY) = (Self.width + Self.left + Self.gap, Self.height + Self.top + Self.gap + 14)
        let (all, tall) = (Double(min(Self.columns, max(1, panels.count))) * stepX + Self.gap, Double(rows) * stepY + 64)
        let measure = tables.first?.measure ?? .divergence
        let highest = max(10 * Self.least, panels.flatMap { $0.table.measured.compactMap { $0.change(of: measure) } }.max() ?? 1)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(all)) \(Self.number(tall))" width="\(Self.number(all))" \
            height="\(Self.number(tall))" role="img" font-family="sans-serif" font-size="11" fill="#333">
            <title>Sensitivity of \(network.name.escapedForXML)</title>
            <desc>\(description(measure).escapedForXML)</desc>
            <rect width="100%" height="100%" fill="#fff"/>

            """
        for (place, panel) in panels.enumerated() {
            let x = Double(place % Self.columns) * stepX + Self.left
            let y = Double(place / Self.columns) * stepY + Self.top
            text += "<g transform=\"translate(\(Self.number(x)) \(Self.number(y)))\">\n\(draw(panel, measure, highest))</g>\n"
        }
        return text + legend(y: Double(rows) * stepY + Self.top) + "</svg>\n"
    }

    private func description(_ measure: OptionFigure.Measure) -> String {
        let data = tables.first.map { "\($0.context.data.name) \($0.context.data.split.rawValue), \($0.count) examples" } ?? ""
        return
            "For each layer: bytes that are left of it, in per cent, and the change of \(measure.rawValue) on a logarithmic axis, on \(data). "
            + "Marks are measured options, lines their monotone envelopes."
    }

    private func draw(_ panel: Panel, _ measure: OptionFigure.Measure, _ highest: Double) -> String {
        var text = "<text x=\"0\" y=\"-8\" font-weight=\"bold\">\(panel.title.escapedForXML)</text>\n" + axes(highest)
        for (place, family) in OptionFamily.all.enumerated() {
            let curve = panel.table.curve(of: panel.weight, family.name)
            let envelope = panel.table.envelope(of: panel.weight, family.name, measure)
            let color = Self.colors[place % Self.colors.count]
            var path = ""
            for (point, high) in zip(curve, envelope) {
                guard let figure = point.figure, let change = figure.change(of: measure), let high, change.isFinite else { continue }
                let x = self.x(figure)
                path += "\(path.isEmpty ? "M" : "L")\(Self.number(x)) \(Self.number(y(high, highest)))"
                let label = "\(point.option.label): \(String(format: "%.4g", change)), \(figure.bytes) of \(figure.referenceBytes) bytes"
                text += mark(place, x, y(change, highest), color, isExact: figure.isExact, title: label)
            }
            if !path.isEmpty { text += "<path d=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-opacity=\"0.5\"/>\n" }
        }
        return text
    }

    /// From all bytes on the left to none on the right; what takes more stands at the left end.
    private func x(_ figure: OptionFigure) -> Double {
        let share = Double(figure.bytes) / Double(max(1, figure.referenceBytes))
        return Self.width * (1 - min(1, max(0, share)))
    }

    private func y(_ change: Double, _ highest: Double) -> Double {
        let share = log10(max(change, Self.least) / Self.least) / log10(highest / Self.least)
        return Self.height * (1 - min(1, share))
    }

    private func axes(_ highest: Double) -> String {
        var text = "<path d=\"M0 0V\(Self.number(Self.height))H\(Self.number(Self.width))\" fill=\"none\" stroke=\"#888\"/>\n"
        var value = Self.least
        while value <= highest * 1.0001 {
            let y = Self.number(y(value, highest))
            text += "<path d=\"M0 \(y)H\(Self.number(Self.width))\" stroke=\"#ddd\"/>"
            text += "<text x=\"-4\" y=\"\(y)\" text-anchor=\"end\" dominant-baseline=\"middle\">\(String(format: "%g", value))</text>\n"
            value *= 10
        }
        for share in [100, 50, 25, 0] {
            let x = Self.number(Self.width * (1 - Double(share) / 100))
            text += "<text x=\"\(x)\" y=\"\(Self.number(Self.height + 13))\" text-anchor=\"middle\">\(share) %</text>\n"
        }
        return text
    }

    /// A shape for each family, so that colour is not alone; hollow while not all examples are measured.
    private func mark(_ family: Int, _ x: Double, _ y: Double, _ color: String, isExact: Bool, title: String) -> String {
        let (a, b) = (Self.number(x), Self.number(y))
        let shape =
            switch family % 5 {
            case 0: "M\(a) \(b)m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"
            case 1: "M\(a) \(b)m-3 -3h6v6h-6z"
            case 2: "M\(a) \(b)m0 -4l4 7h-8z"
            case 3: "M\(a) \(b)m0 -4l4 4l-4 4l-4 -4z"
            default: "M\(a) \(b)m-3 -3l6 6m-6 0l6 -6"
            }
        return
            "<path d=\"\(shape)\" fill=\"\(isExact ? color : "#fff")\" stroke=\"\(color)\"><title>\(title.escapedForXML)</title></path>\n"
    }

    private func legend(y: Double) -> String {
        var (text, x) = ("", Self.left)
        for (place, family) in OptionFamily.all.enumerated() {
            text += mark(place, x, y + 20, Self.colors[place % Self.colors.count], isExact: true, title: family.summary)
            text += "<text x=\"\(Self.number(x + 8))\" y=\"\(Self.number(y + 24))\">\(family.name)</text>\n"
            x += 88
        }
        return text
            + "<text x=\"\(Self.number(Self.left))\" y=\"\(Self.number(y))\">bytes left of the layer →; hollow: not all examples</text>\n"
    }

    private static func number(_ value: Double) -> String { String(format: "%g", (value * 10).rounded() / 10) }
}
