import Compression
import Frames
import Networks
import Reports
import Screens
import Tensors
import Testing

@Suite("What the views tell and where")
struct ViewBehaviourTests {
    private let area = Rect(x: 3, y: 2, width: 61, height: 14)

    @Test("a column of the histogram and its weight are each other's inverse, and the threshold is drawn in its column")
    func mapping() throws {
        var sample = try ViewSample.measured()
        sample.press(.down)
        for column in area.x..<area.maxX {
            let weight = try #require(sample.explorer.weight(atColumn: column, in: area))
            #expect(sample.explorer.column(ofWeight: weight, in: area) == column)
        }
        #expect(sample.explorer.weight(atColumn: area.x - 1, in: area) == nil)
        #expect(sample.explorer.weight(atColumn: area.maxX, in: area) == nil)
        let layer = try #require(sample.explorer.selectedLayer)
        let threshold = try #require(sample.explorer.threshold(of: layer))
        let frame = sample.drawing(.weights, in: area)
        for value in [-threshold, threshold] {
            let column = try #require(sample.explorer.column(ofWeight: value, in: area))
            #expect(frame[column, area.y + 5].style.role == .threshold)
        }
    }

    @Test("the pruned bars follow the knob in the key's own frame, while centroids of the older plan are muted")
    func staleness() throws {
        var sample = try ViewSample.measured()
        sample.press(.down)
        let before = sample.drawing(.weights, in: area)
        #expect(sample.roles(of: before).contains(.centroid))
        #expect(sample.roles(of: sample.drawing(.centroids, in: area)).contains(.value))
        sample.press(.shiftRight)
        let after = sample.drawing(.weights, in: area)
        let shaded = { (frame: Frame) in frame.cells.count { $0.style.role == .pruned } }
        #expect(shaded(after) > shaded(before))
        #expect(!sample.roles(of: after).contains(.centroid))
        #expect(!sample.roles(of: sample.drawing(.centroids, in: area)).contains(.value))
        #expect(!sample.roles(of: sample.drawing(.accuracy, in: area)).contains(.bad))
        try sample.sendLayers()
        #expect(sample.roles(of: sample.drawing(.weights, in: area)).contains(.centroid))
    }

    @Test("how far shared values are from the optimum, as far as that is known")
    func optimum() throws {
        var sample = try ViewSample.measured()
        sample.press(.down)
        let layer = try #require(sample.explorer.selectedLayer)
        func line(_ method: WeightSharing.Method, _ distance: Double?, _ bound: Double?) throws -> String {
            let plan = LayerPlan(weights: .shared(WeightSharing(bits: 3, method: method)))
            var made = try ViewSample.compressed(layer, sample.network, plan)
            (made.summary.distanceFromOptimum, made.summary.distanceBound, made.summary.remarks) = (distance, bound, [])
            sample.send(.layer(made, generation: sample.explorer.generation))
            return sample.drawing(.centroids, in: Rect(x: 0, y: 0, width: 80, height: 9)).text
        }
        #expect(try line(.lloyd, 1.753_431, nil).contains("1.753 × optimum  7 steps"))
        #expect(try line(.optimal, 1, nil).contains("1.000 × optimum"))
        // Upwards: a bound holds as it is written.
        #expect(try line(.lloyd, nil, 1.753_031).contains("  at most 1.754 × optimum"))
        #expect(try line(.optimal, nil, 1.000_02).contains("near-optimal, at most 1.001 × optimum"))
        #expect(try !line(.lloyd, nil, nil).contains("optimum"))
    }

    @Test("a temperature turned is a temperature seen, without an answer of the engine")
    func temperature() throws {
        var sample = try ViewSample.measured()
        sample.press(.character("x"))
        let before = sample.explorer.frame(of: .example, size: Size(width: 100, height: 18)).text
        #expect(before.contains("T 5"))
        while sample.explorer.temperature == 5 { sample.press(.right) }
        let after = sample.explorer.frame(of: .example, size: Size(width: 100, height: 18)).text
        #expect(before != after)
        #expect(after.contains("over 6,400 examples at T 5:"))
    }

    /// Figures by softmax(z / T) in exact arithmetic: 0.63259, 0.28424, 0.02579, 0.05739 at T = 5; 0.98201, 0.01799, 1e-7, 6e-6 at T = 1.
    @Test("logits [2, −2, −14, −10] at T = 5 beside T = 1")
    func softened() throws {
        var dataset = ViewSample.dataset
        dataset.classNames = ["a", "b", "c", "d"]
        dataset.labels = [0, 1, 2, 3, 0, 1]
        var sample = try ViewSample(dataset: dataset)
        let row: [Float] = [2, -2, -14, -10]
        let table = LogitsTable(classCount: 4, original: row, current: row.reversed(), evaluated: [0])
        sample.send(.logits(table, generation: sample.explorer.generation))
        let frame = sample.explorer.frame(of: .example, size: Size(width: 110, height: 18))
        let rows = (0..<18).map { frame.text(row: $0) }
        let expected = [["63.3%", "98.2%", "5.7%"], ["28.4%", "1.8%", "2.6%"], ["2.6%", "<0.1%", "28.4%"], ["5.7%", "<0.1%", "63.3%"]]
        for (name, figures) in zip(dataset.classNames, expected) {
            let line = try #require(rows.first { $0.contains("%") && ($0.contains(" \(name)  ") || $0.contains("▸\(name)  ")) })
            #expect(line.split(separator: " ").filter { $0.hasSuffix("%") }.map(String.init) == figures)
        }
    }

    @Test("rows of lists are found where they are drawn")
    func rows() throws {
        var sample = try ViewSample.measured()
        sample.press(.down)
        let frame = sample.drawing(.centroids, in: area)
        for y in area.y..<area.maxY {
            guard let row = sample.explorer.row(at: Point(x: area.x + 2, y: y), of: .centroids, in: area) else { continue }
            #expect(frame.text(row: y).contains(" \(row) ") || frame.text(row: y).contains("▸\(row) "))
        }
        sample.press(.character("S"))
        _ = sample.explorer.update(.session(.sessions(ViewSample.sessions)))
        #expect(sample.explorer.row(at: Point(x: area.x + 4, y: area.y + 2), of: .sessions, in: area) == 1)
    }
}

@Suite("Every view at any size")
struct ViewPropertyTests {
    /// States in which the views have something, little and nothing to draw.
    private func samples() throws -> [ViewSample] {
        var list: [ViewSample] = []
        for glyphs in [Glyphs.unicode, .ascii] {
            list.append(try .measured(glyphs: glyphs))
            list.append(try ViewSample(glyphs: glyphs, plans: [:], dataset: nil))
            var stale = try ViewSample.measured(glyphs: glyphs)
            stale.press(.down, .right, .character("v"), .character("o"))
            list.append(stale)
            for key in ["m", "c", "S", "t", "x"] as [Character] {
                var open = try ViewSample.measured(glyphs: glyphs)
                open.press(.down, .down, .character(key), .down, .right)
                _ = open.explorer.update(.session(.sessions(ViewSample.sessions)))
                list.append(open)
            }
            var broken = try ViewSample.measured(glyphs: glyphs)
            var report = ViewSample.accuracy(evaluated: 0, notANumber: 3)
            report.confusion = ConfusionTable(classCount: 0)
            report.crossEntropy = .nan
            broken.send(.accuracy(report, generation: broken.explorer.generation))
            var logits = ViewSample.logits
            logits.current[3] = .nan
            logits.evaluated = [0, 2]
            broken.send(.logits(logits, generation: broken.explorer.generation))
            list.append(broken)
        }
        return list
    }

    @Test("nothing is drawn outside the area, whatever its size")
    func inside() throws {
        var random = SeededGenerator(seed: 3)
        let samples = try samples()
        let marker = Cell("@", style: Style(.error))
        for _ in 0..<400 {
            let sample = samples[Int.random(in: 0..<samples.count, using: &random)]
            let width = Int.random(in: 0...(Bool.random(using: &random) ? 12 : 140), using: &random)
            let height = Int.random(in: 0...(Bool.random(using: &random) ? 6 : 50), using: &random)
            let area = Rect(
                x: Int.random(in: 0...4, using: &random), y: Int.random(in: 0...4, using: &random), width: width, height: height)
            for part in Place.allCases {
                var frame = Frame(size: Size(width: area.maxX + 3, height: area.maxY + 3))
                frame.fill(frame.bounds, with: marker)
                frame.fill(area)
                sample.explorer.draw(part, in: area, on: &frame)
                let isInside = (0..<frame.size.height).allSatisfy { y in
                    (0..<frame.size.width).allSatisfy { x in area.contains(Point(x: x, y: y)) || frame[x, y] == marker }
                }
                #expect(isInside, "\(part) in \(area)")
            }
        }
    }

    @Test("ASCII drawings hold ASCII only")
    func ascii() throws {
        for sample in try samples() where sample.explorer.glyphs.graph == .ascii {
            for part in Place.allCases {
                let frame = sample.explorer.frame(of: part, size: Size(width: 100, height: 30))
                #expect(frame.cells.allSatisfy { (32..<127).contains($0.scalar) })
                // These lists name the key of the help.
                let namesKeys: Set<Place> = [.help, .palette, .messages]
                #expect(namesKeys.contains(part) || !frame.text.contains("?"), "\(part): a character without a stand-in\n\(frame.text)")
            }
        }
    }
}

extension ViewSample {
    func drawing(_ part: Place, in area: Rect) -> Frame {
        var frame = Frame(size: Size(width: area.maxX, height: area.maxY))
        explorer.draw(part, in: area, on: &frame)
        return frame
    }

    func roles(of frame: Frame) -> Set<Role> { Set(frame.cells.map(\.style.role)) }
}
