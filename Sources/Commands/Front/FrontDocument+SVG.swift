import Foundation
import Frames
import Reports
import Screens

extension FrontDocument {
    /// One chart below the other, a group each: without script, style sheets or anything from elsewhere.
    var svg: String {
        let charts = points.groups.map { FrontChart(self, $0) }
        let height = max(1, charts.count) * (FrontChart.height + 20)
        let body = charts.enumerated().map { place, chart in
            "<g transform=\"translate(0 \(place * (FrontChart.height + 20)))\">\n\(chart.body)</g>\n"
        }.joined()
        let described = points.groups.map { title($0) }.joined(separator: "; ")
        return """
            <svg xmlns="http://www.w3.org/2000/svg" role="img" width="\(FrontChart.width)" height="\(height)" \
            viewBox="0 0 \(FrontChart.width) \(height)" font-family="sans-serif" font-size="12">
            <title>\("Measured plans of \(network), session \(session)".escapedForXML)</title>
            <desc>\(("Bytes of the file, logarithmic, against the figure. " + described).escapedForXML)</desc>
            <rect width="\(FrontChart.width)" height="\(height)" fill="#ffffff"/>
            \(charts.isEmpty ? "<text x=\"20\" y=\"24\">no plan was measured exactly</text>\n" : body)</svg>

            """
    }
}

/// Bytes against the figure: filled circles on the front, hollow ones beside it, intervals as lines.
private struct FrontChart {
    static let (width, height) = (760, 420)
    private static let (left, right, top, bottom) = (70.0, 20.0, 40.0, 46.0)
    private let document: FrontDocument
    private let group: FrontGroup
    private let points: [FrontPoint]
    private let front: Reports.Front
    private let bytes: AxisScale
    private let values: AxisScale
    /// Labels are figures times this.
    private let factor: Double
    private let numbers = NumberFormat.unicode

    init(_ document: FrontDocument, _ group: FrontGroup) {
        (self.document, self.group) = (document, group)
        (points, front) = document.rows(of: group)
        let sizes = points.map { Double(max(1, $0.bytes)) }
        let figures = points.map(\.value) + points.map(\.original)
        bytes = AxisScale(logarithmic: (sizes.min() ?? 1) * 0.9...(sizes.max() ?? 1) * 1.1, count: 8)
        factor = document.isShare(group) ? 100 : 1
        values = AxisScale(factor * (figures.min() ?? 0)...factor * (figures.max() ?? 1), count: 8)
    }

    private func x(_ count: Double) -> Double {
        place(log10(max(1, count)), bytes) * (Double(Self.width) - Self.left - Self.right) + Self.left
    }

    private func y(_ value: Double) -> Double {
        Double(Self.height) - Self.bottom - place(factor * value, values) * (Double(Self.height) - Self.top - Self.bottom)
    }

    private func place(_ value: Double, _ scale: AxisScale) -> Double {
        (value - scale.range.lowerBound) / (scale.range.upperBound - scale.range.lowerBound)
    }

    private func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start") -> String {
        "<text x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" text-anchor=\"\(anchor)\" fill=\"#333333\">\(text.escapedForXML)</text>\n"
    }

    private func line(_ from: (Double, Double), _ to: (Double, Double), _ color: String) -> String {
        "<line x1=\"\(coordinate(from.0))\" y1=\"\(coordinate(from.1))\" x2=\"\(coordinate(to.0))\" y2=\"\(coordinate(to.1))\" stroke=\"\(color)\"/>\n"
    }

    private func coordinate(_ value: Double) -> String { numbers.decimal(value, digits: 1).replacing(numbers.minus, with: "-") }

    var body: String {
        let (low, high) = (Double(Self.height) - Self.bottom, Double(Self.width) - Self.right)
        var result = text(Self.left, 22, document.title(group))
        for tick in bytes.ticks {
            let place = x(pow(10, tick))
            result +=
                line((place, Self.top), (place, low), "#e4e4e4")
                + text(place, low + 18, numbers.shortBytes(Int(pow(10, tick).rounded())), anchor: "middle")
        }
        for tick in values.ticks {
            let place = y(tick / factor)
            result += line((Self.left, place), (high, place), "#e4e4e4")
            result += text(Self.left - 8, place + 4, numbers.decimal(tick, digits: values.digits), anchor: "end")
        }
        result += text((Self.left + high) / 2, Double(Self.height) - 8, "bytes of the file, logarithmic", anchor: "middle")
        if let original = points.first?.original { result += line((Self.left, y(original)), (high, y(original)), "#8a8a8a") }
        result += staircase
        for point in points { result += mark(point) }
        return result
    }

    /// The figure that so many bytes give at most.
    private var staircase: String {
        guard let first = front.points.first else { return "" }
        var path = "M\(coordinate(x(Double(first.bytes)))) \(coordinate(y(first.value)))"
        for point in front.points.dropFirst() {
            path += " H\(coordinate(x(Double(point.bytes)))) V\(coordinate(y(point.value)))"
        }
        return "<path d=\"\(path)\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"1.5\"/>\n"
    }

    private func mark(_ point: FrontPoint) -> String {
        let (across, down) = (x(Double(point.bytes)), y(point.value))
        var result = "<g><title>\(title(point).escapedForXML)</title>\n"
        if let beyond = point.beyond {
            let ends = [beyond.low, beyond.high].map { min(max(y(point.original + $0), Self.top), Double(Self.height) - Self.bottom) }
            result += line((across, ends[0]), (across, ends[1]), "#9db8d6")
        }
        let isOnFront = front.contains(point.id)
        result +=
            "<circle cx=\"\(coordinate(across))\" cy=\"\(coordinate(down))\" r=\"4\" stroke=\"#1f5fa8\" fill=\"\(isOnFront ? "#1f5fa8" : "#ffffff")\"/>\n"
        if let name = point.name { result += text(across + 7, down - 5, name) }
        return result + "</g>\n"
    }

    private func title(_ point: FrontPoint) -> String {
        "\(document.name(point)): \(numbers.qualityText(point.value, group.measure)), \(numbers.bytes(point.bytes)), \(numbers.ratio(point.factor))"
    }
}
