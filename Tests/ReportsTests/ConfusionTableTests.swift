import Compression
import Foundation
import Networks
import Reports
import Tensors
import Testing

/// Labels against predictions, of which only what is not zero is kept.
@Suite("Confusion tables")
struct ConfusionTableTests {
    @Test("Counts, shares and cells equal those of a matrix")
    func matrix() {
        var generator = SeededGenerator(seed: 9)
        for classes in [1, 2, 7, 30] {
            var rows = Array(repeating: Array(repeating: 0, count: classes), count: classes)
            var table = ConfusionTable(classCount: classes)
            for _ in 0..<100 {
                let (label, prediction) = (Int.random(in: -1...classes, using: &generator), Int.random(in: -1...classes, using: &generator))
                table.add(label: label, prediction: prediction)
                if rows.indices.contains(label), rows.indices.contains(prediction) { rows[label][prediction] += 1 }
            }
            #expect(table == ConfusionTable(rows))
            #expect(table.total == rows.joined().reduce(0, +) && table.largest == rows.joined().max())
            #expect(table.cells.count == rows.joined().count { $0 > 0 })
            for label in 0..<classes {
                for prediction in 0..<classes { #expect(table[label, prediction] == rows[label][prediction]) }
                let total = rows[label].reduce(0, +)
                #expect(table.diagonalShares[label] == (total == 0 ? nil : Double(rows[label][label]) / Double(total)))
            }
        }
    }

    @Test("A matrix, as older sessions hold it, is read; what is written is read again")
    func coding() throws {
        let table = ConfusionTable([[3, 0, 1], [0, 0, 0], [2, 0, 5]])
        let decoder = JSONDecoder()
        #expect(try decoder.decode(ConfusionTable.self, from: Data("[[3,0,1],[0,0,0],[2,0,5]]".utf8)) == table)
        #expect(try decoder.decode(ConfusionTable.self, from: JSONEncoder().encode(table)) == table)
        let text = String(decoding: try JSONEncoder().encode(table), as: UTF8.self)
        #expect(text.contains("[[0,0,3],[0,2,1],[2,0,2],[2,2,5]]"))
    }

    @Test(
        "What is no table is refused",
        arguments: [
            #"{"classes":3,"cells":[[0,3,1]]}"#, #"{"classes":3,"cells":[[0,-1,1]]}"#, #"{"classes":3,"cells":[[0,1]]}"#,
            #"{"classes":-1,"cells":[]}"#, #"{"classes":9223372036854775807,"cells":[]}"#, #"{"cells":[]}"#, #""text""#,
        ])
    func refusals(text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ConfusionTable.self, from: Data(text.utf8)) }
    }

    @Test("JSON of 20,000 classes takes room for the examples, not for all pairs")
    func manyClasses() throws {
        let classes = 20_000
        var table = ConfusionTable(classCount: classes)
        for example in 0..<1_000 { table.add(label: 19 * example, prediction: 17 * example) }
        let accuracy = AccuracyReport(
            split: .validation, count: 1_000, evaluated: 1_000, originalEvaluated: 1_000, original: 0, originalInterval: Interval(0),
            current: 0, interval: Interval(0), gains: 0, losses: 0, mcNemar: 1, crossEntropy: 1, originalCrossEntropy: 1,
            crossEntropyDifference: Interval(0), agreement: 1, topFive: 0, notANumber: 0, confusion: table, originalConfusion: table,
            flipped: [], seed: 1)
        let report = Report(
            network: NetworkIdentity(name: "n", parameters: 1, sha256: nil, fileBytes: nil), data: nil, accuracy: accuracy,
            bytes: NetworkBytes(original: 4, compressed: 4), sparsity: 0, plan: CompressionPlan(), layers: [],
            environment: Environment(pareVersion: "1", kernels: "k", instructionSet: "i", threads: 1))
        let data = try ReportDocument(report).json()
        #expect(data.count < 2_000_000)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let figures = try #require(document["accuracy"] as? [String: Any])
        let cells = try #require(figures["confusion"] as? [[String: Int]])
        #expect(cells.count == 1_000 && figures["classes"] as? Int == classes)
        #expect(cells[3] == ["label": 57, "prediction": 51, "count": 1])
    }
}
