import Frames
import Tensors
import Testing

@Suite("Charts")
struct ChartTests {
    @Test("a column's value lies in that column, and a value's column is where it is drawn")
    func histogramMapping() {
        let chart = HistogramChart(range: -0.31...0.29, kept: [])
        for width in 1...130 {
            let rect = Rect(x: 7, y: 0, width: width, height: 5)
            for column in rect.x..<rect.maxX {
                let value = chart.value(atColumn: column, in: rect)
                #expect(value.flatMap { chart.column(of: $0, in: rect) } == column)
            }
            #expect(chart.value(atColumn: 6, in: rect) == nil)
            #expect(chart.value(atColumn: rect.maxX, in: rect) == nil)
            #expect(chart.column(of: -0.31, in: rect) == 7)
            #expect(chart.column(of: 0.29, in: rect) == rect.maxX - 1)
            #expect(chart.column(of: 0.3, in: rect) == nil)
        }
    }

    @Test("bars have the height of their counts in eighths, and one alone is still seen")
    func histogramHeights() {
        let frame = HistogramChart(range: 0...1, kept: [1600, 800, 100, 1, 0, 900], showsAxis: false).frame(6, 2)
        // 16, 8, 1, 1 (raised from 0.01), 0 and 9 eighths.
        #expect(frame.text == "█    ▁\n██▁▁ █")
    }

    @Test("what is pruned is shaded above what stays")
    func histogramStack() {
        let frame = HistogramChart(range: 0...1, kept: [8, 0, 4], pruned: [8, 16, 4], showsAxis: false).frame(3, 2)
        #expect(frame.text == "░░\n█░▄")
        #expect(frame[1, 0].style.role == .pruned && frame[0, 1].style.role == .kept)
    }

    @Test("more bins than columns are added up, fewer are repeated")
    func histogramResampling() {
        let many = HistogramChart(range: 0...1, kept: [4, 4, 2, 2, 1, 1, 0, 0], showsAxis: false).frame(4, 1)
        #expect(many.text == "█▄▂")
        let few = HistogramChart(range: 0...1, kept: [8, 4], showsAxis: false).frame(4, 1)
        #expect(few.text == "██▄▄")
    }

    @Test("ticks are round, rise, lie in the range and are few")
    func axisScales() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let low = random.normal() * 100
            let extent = 10 * abs(random.normal()) + 1e-6
            let count = Int.random(in: 2...9, using: &random)
            let scale = AxisScale(low...(low + extent), count: count)
            #expect(scale.ticks.count <= count)
            #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0 < $1 })
            #expect(scale.ticks.allSatisfy { $0 >= low - 1e-6 * extent && $0 <= low + extent * (1 + 1e-6) })
            let labels = scale.ticks.map { NumberFormat.ascii.decimal($0, digits: scale.digits) }
            #expect(Set(labels).count == labels.count)
        }
        #expect(AxisScale(0...100, count: 5).ticks == [0, 25, 50, 75, 100])
        #expect(AxisScale(0...100, count: 5).digits == 0)
        #expect(AxisScale(90.1...90.9, count: 3).digits == 1)
    }

    @Test("labels on the axis of a flat line tell its value")
    func flatLine() {
        let frame = LineChart(series: [.init([0.5, 0.5, 0.5])]).frame(30, 5)
        #expect(frame.text.contains("0.500 ┤"))
    }

    @Test("a progress bar is full only at the end")
    func progress() {
        #expect(ProgressBar(0.999).frame(10, 1).text == "▓▓▓▓▓▓▓▓▓░")
        #expect(ProgressBar(1).frame(10, 1).text == "▓▓▓▓▓▓▓▓▓▓")
        #expect(ProgressBar(.nan).frame(4, 1, glyphs: .ascii).text == "....")
    }

    @Test("a bar row shows label, bar and figure")
    func barRow() {
        let row = BarRow(label: "boot", labelWidth: 6, fraction: 0.46, figure: "0.46", figureWidth: 5)
        #expect(row.frame(23, 1).text == "boot   ████▋       0.46")
        var tiny = row
        tiny.fraction = 1e-9
        #expect(tiny.frame(23, 1).text == "boot   ▏           0.46")
    }

    @Test("halves and shades of a map")
    func mapCells() {
        let map = MapChart(columns: 4, rows: 2, values: [1, 0, 1, 0.5, 0, 1, 1, 0.5])
        #expect(map.frame(4, 1).text == "▀▄█▒")
        // One weight of many that stays is seen, and one missing too.
        let mask = MapChart(columns: 40, rows: 4, mask: (0..<160).map { $0 < 80 ? $0 == 3 : $0 != 100 })
        #expect(mask.frame(1, 2).text == "░\n▓")
    }

    @Test("On a logarithmic axis equal factors have equal heights, and labels are values")
    func logarithmic() {
        let scale = AxisScale(logarithmic: 0.01...10, count: 5)
        #expect(scale.ticks == [-2, -1, 0, 1] && scale.range == -2...1)
        #expect(AxisScale(logarithmic: 0.2...2, count: 5).ticks.count == 4)
        // No power of ten lies between these.
        let narrow = AxisScale(logarithmic: 0.31...0.34, count: 4)
        #expect(narrow.ticks.count >= 2 && narrow.ticks.allSatisfy { narrow.range.contains($0) })
        let straight = LineChart(series: [.init([1, 10, 100])], isLogarithmic: true).frame(30, 9)
        let line = LineChart(series: [.init([0, 1, 2])]).frame(30, 9)
        // Beside the labels, which differ, the line is the same.
        for y in 0..<9 { for x in 10..<30 { #expect(straight[x, y].scalar == line[x, y].scalar || x < 12, "\(x) \(y)") } }
        // Nothing at or below 0 has a logarithm.
        #expect(LineChart(series: [.init([0, 1])], isLogarithmic: true).frame(30, 5) == LineChart(series: [.init([0, 1])]).frame(30, 5))
    }
}
