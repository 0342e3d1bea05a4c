import Exports
import Foundation
import Testing

@Suite("Distiller's sensitivity.csv")
struct SensitivityCSVTests {
    /// Lines in Distiller's form; the numbers are those that its own files have, and some of Python's other forms.
    private static let text = [
        "parameter,sparsity,top1,top5,loss", "features.module.0.weight,0.0,56.518,79.07,1.9159247571108287",
        "features.module.0.weight,0.05,56.523999999999994,79.074,1.9160722874257028",
        "features.module.0.weight,0.15000000000000002,56.446,79.13799999999999,1.9178193819766145",
        "features.module.0.weight,0.30000000000000004,55.0,79.0,1e-05", "\"odd, \"\"name\"\"\",0.9,0.1,0.5,nan",
        "\"odd, \"\"name\"\"\",0.95,0.0001,0.5,inf", "",
    ].joined(separator: "\r\n")

    @Test("What was read is written byte for byte")
    func roundTrip() throws {
        let csv = try SensitivityCSV(Self.text.utf8)
        #expect(csv.text == Self.text)
        #expect(csv.rows.count == 6 && csv.parameters == ["features.module.0.weight", "odd, \"name\""])
        #expect(csv.rows[1].topOne == 56.523999999999994 && csv.rows[4].loss.isNaN && csv.rows[5].loss == .infinity)
        #expect(csv.rows.prefix(4).map { SensitivityCSV.level($0.sparsity) } == [0, 0.05, 0.15, 0.3])
    }

    @Test("Line ends of other programs are read too, and written as Distiller's")
    func lineEnds() throws {
        let csv = try SensitivityCSV(Self.text.replacing("\r\n", with: "\n").utf8)
        #expect(csv.text == Self.text)
    }

    /// As `repr` of Python 3 gives them.
    @Test(
        "Numbers as Python writes them",
        arguments: [
            (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (100, "100.0"),
            (1e15, "1000000000000000.0"),
            (9_007_199_254_740_992, "9007199254740992.0"), (1e16, "1e+16"), (1.5e16, "1.5e+16"),
            (123456789012345680, "1.2345678901234568e+17"),
            (1e22, "1e+22"), (1e-4, "0.0001"), (0.00012345, "0.00012345"), (1e-5, "1e-05"), (0.000012345, "1.2345e-05"),
            (Double.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (2.5e-10, "2.5e-10"),
            (-1.25, "-1.25"),
            (.nan, "nan"), (-.infinity, "-inf"), (0.7636774435639381, "0.7636774435639381"), (12345.678, "12345.678"),
        ])
    func numbers(value: Double, text: String) { #expect(CSVText.number(value) == text) }

    @Test(
        "What is wrong is said with its line",
        arguments: [
            ("", "line 1: expected parameter,sparsity,top1,top5,loss, found nothing"), ("a,b\r\n", "found a,b"),
            ("parameter,sparsity,top1,top5,loss\r\na,0.5,1,2\r\n", "line 2: it has 4 fields, expected 5"),
            ("parameter,sparsity,top1,top5,loss\r\na,0.5,1,x,2\r\n", "line 2: top5 is no number: x"),
            ("parameter,sparsity,top1,top5,loss\r\na,1.5,1,1,2\r\n", "line 2: sparsity is from 0 to 1, and here it is 1.5"),
            ("parameter,sparsity,top1,top5,loss\r\na,0x1p-1,1,1,2\r\n", "sparsity is no number"),
            ("parameter,sparsity,top1,top5,loss\r\n\"a,0.5,1,1,2\r\n", "line 2: a quote that does not end"),
            ("parameter,sparsity,top1,top5,loss\ra,0.5,1,1,2\r\n", "a CR without an LF"),
        ])
    func failures(text: String, words: String) {
        let failure = #expect(throws: SensitivityCSV.Failure.self) { try SensitivityCSV(text.utf8) }
        #expect(failure?.description.contains(words) == true)
    }

    /// The 12 files that Distiller ships, in the folder that PARE_DISTILLER names: its `examples/sensitivity-analysis`.
    private static var shipped: [URL] {
        guard let folder = ProcessInfo.processInfo.environment["PARE_DISTILLER"] else { return [] }
        let files = FileManager.default.enumerator(at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "csv" }
    }

    @Test("Distiller's own files", .enabled(if: !shipped.isEmpty))
    func ownFiles() throws {
        var counts: [Int] = []
        for file in Self.shipped {
            let bytes = try Data(contentsOf: file)
            let csv = try SensitivityCSV(bytes)
            #expect(Data(csv.text.utf8) == bytes)
            counts.append(csv.rows.count)
            let baselines = csv.rows.filter { $0.sparsity == 0 }.map(\.topOne)
            #expect((baselines.max() ?? 0) - (baselines.min() ?? 1) < 1e-3)
        }
        #expect(counts.sorted() == [152, 210, 210, 247, 247, 360, 361, 418, 532, 570, 583, 1_102])
    }
}
