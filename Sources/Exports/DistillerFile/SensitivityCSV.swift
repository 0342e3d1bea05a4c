import Foundation

/// Distiller's `sensitivity.csv`: what a network still does with one parameter pruned at a time, to rising levels.
///
/// Columns `parameter,sparsity,top1,top5,loss`; levels are fractions, accuracies per cent, both as Python's `repr` writes a double
/// (`0.15000000000000002`), lines end in CR LF. What Distiller wrote is written again byte for byte. Levels come from a sum of steps: they are matched by
/// ``level(_:)``, rounded to six digits.
public struct SensitivityCSV: Hashable, Sendable {
    /// One pruned parameter at one level.
    public struct Row: Hashable, Sendable {
        public var parameter: String
        /// 0…1.
        public var sparsity: Double
        /// Per cent.
        public var topOne: Double
        public var topFive: Double
        /// Mean cross-entropy.
        public var loss: Double

        public init(parameter: String, sparsity: Double, topOne: Double, topFive: Double, loss: Double) {
            (self.parameter, self.sparsity, self.topOne, self.topFive, self.loss) = (parameter, sparsity, topOne, topFive, loss)
        }
    }

    /// Why a text is none.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// From 1.
        public var line: Int
        public var reason: String

        public var description: String { "line \(line): \(reason)" }
    }

    public static let titles = ["parameter", "sparsity", "top1", "top5", "loss"]
    private static let largest = 64 << 20

    /// In the order of the file: parameter by parameter, levels rising.
    public var rows: [Row]

    public init(rows: [Row]) { self.rows = rows }

    /// Reads the bytes of a file. Throws with the line of what is wrong.
    public init(_ bytes: some Sequence<UInt8>) throws(Failure) {
        let data = Data(bytes)
        guard data.count <= Self.largest else { throw Failure(line: 1, reason: "it has \(data.count) bytes, more than 64 MiB") }
        guard let text = String(data: data, encoding: .utf8) else { throw Failure(line: 1, reason: "it is no UTF-8") }
        let table: [(line: Int, fields: [String])]
        do throws(CSVText.Failure) { table = try CSVText.rows(text) } catch { throw Failure(line: error.line, reason: error.reason) }
        guard let head = table.first, head.fields == Self.titles else {
            let found = table.first?.fields.joined(separator: ",") ?? "nothing"
            throw Failure(line: 1, reason: "expected \(Self.titles.joined(separator: ",")), found \(found.prefix(80))")
        }
        rows = []
        for (line, fields) in table.dropFirst() { rows.append(try Self.row(fields, line)) }
    }

    private static func row(_ fields: [String], _ line: Int) throws(Failure) -> Row {
        guard fields.count == titles.count else { throw Failure(line: line, reason: "it has \(fields.count) fields, expected 5") }
        var numbers: [Double] = []
        for (title, field) in zip(titles, fields).dropFirst() {
            guard let number = PythonFloat.value(field) else {
                throw Failure(line: line, reason: "\(title) is no number: \(field.prefix(40))")
            }
            numbers.append(number)
        }
        guard (0...1).contains(numbers[0]) else {
            throw Failure(line: line, reason: "sparsity is from 0 to 1, and here it is \(fields[1].prefix(40))")
        }
        return Row(parameter: fields[0], sparsity: numbers[0], topOne: numbers[1], topFive: numbers[2], loss: numbers[3])
    }

    /// As Distiller writes it.
    public var text: String {
        CSVText.text(
            [Self.titles]
                + rows.map { row in [row.parameter] + [row.sparsity, row.topOne, row.topFive, row.loss].map(CSVText.number) })
    }

    /// Parameters in the order of the file.
    public var parameters: [String] {
        var seen = Set<String>()
        return rows.map(\.parameter).filter { seen.insert($0).inserted }
    }

    /// What levels are told apart by: `0.15000000000000002` is 0.15.
    public static func level(_ sparsity: Double) -> Double { (sparsity * 1e6).rounded() / 1e6 }
}
