import Foundation
import Frames
import Tensors

/// Things to draw, the same in every run.
enum Samples {
    static let layers = Table(
        columns: [
            .init("layer", alignment: .left, minimumWidth: 4, priority: 9),
            .init("shape", alignment: .left, minimumWidth: 9, priority: 1),
            .init("weights", minimumWidth: 7, priority: 3), .init("ratio", minimumWidth: 5, priority: 8),
            .init("kept", minimumWidth: 6, priority: 7), .init("bits", minimumWidth: 4, priority: 6),
            .init("dB", minimumWidth: 5, priority: 2),
        ],
        rows: [
            row("conv1", "20×1×5×5", "500", "0.40", "70.1%", "8", "31.4"),
            row("conv2", "50×20×5×5", "25,000", "1.00", "31.8%", "5", "18.2"),
            row("fc1", "500×800", "400,000", "1.45", "8.2%", "4", "14.9"),
            row("fc2", "10×500", "5,000", "0.80", "42.0%", "5", "19.0"),
        ], selected: 1, isFocused: true)

    private static func row(_ cells: String...) -> Table.Row { Table.Row(cells.map { StyledText($0, .value) }) }

    /// A bell of `count` bins over −0.3…0.3 with what lies within ±threshold pruned.
    static func histogram(bins count: Int, threshold: Double = 0.06, scale: HistogramChart.Scale = .linear) -> HistogramChart {
        let range = -0.3...0.3
        let width = 0.6 / Double(count)
        let centres: [Double] = (0..<count).map { -0.3 + width * (Double($0) + 0.5) }
        let counts: [Double] = centres.map { bell($0) }
        return HistogramChart(
            range: range, kept: zip(centres, counts).map { abs($0) > threshold ? $1 : 0 },
            pruned: zip(centres, counts).map { abs($0) > threshold ? 0 : $1 }, scale: scale,
            thresholds: [-threshold, threshold],
            marks: [-0.24, -0.17, -0.12, -0.09, 0.09, 0.12, 0.13, 0.2].map { HistogramChart.Mark($0) })
    }

    private static func bell(_ x: Double) -> Double { (1000 * exp(-0.5 * x * x / 0.0081)).rounded(.down) }

    private static let falling: [Double] = (0..<30).map { 0.9102 - 0.0002 * Double($0) }

    static let trend = LineChart(
        series: [
            .init(Array(repeating: 0.9102, count: 30), role: .seriesOriginal),
            .init(
                falling, role: .series, band: falling.map { ($0 - 0.002)...($0 + 0.002) }),
        ], labelFactor: 100)

    /// A disc of 28 × 28 pixels with a soft edge.
    static let disc = MapChart(
        columns: 28, rows: 28,
        values: (0..<784).map { index in
            let x = Double(index % 28) - 13.5
            let y = Double(index / 28) - 13.5
            return Float(min(1, max(0, (11 - (x * x + y * y).squareRoot()) / 4)))
        })

    /// 60 × 16 of which a fifth stay, with row 4 and column 10 dead.
    static let mask: MapChart = {
        var random = SeededGenerator(seed: 11)
        return MapChart(
            columns: 60, rows: 16,
            mask: (0..<960).map { index in
                let isKept = random.uniform() < 0.2
                return isKept && index / 60 != 4 && index % 60 != 10
            })
    }()
}
