/// Tables as Python's `csv` module writes and reads them: fields with commas between, lines that end in CR LF, quotes only where they are needed.
public enum CSVText {
    /// Where a text is no table.
    public struct Failure: Error, Hashable, Sendable {
        /// From 1.
        public var line: Int
        public var reason: String
    }

    /// `repr(value)` of Python, `0.30000000000000004`.
    public static func number(_ value: Double) -> String { PythonFloat.text(value) }

    public static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    /// The fields of each line; lines may end in LF or CR LF, and empty ones are passed over. Cost: O(bytes).
    public static func rows(_ text: String) throws(Failure) -> [(line: Int, fields: [String])] {
        var (rows, row, field) = ([(line: Int, fields: [String])](), [String](), String.UnicodeScalarView())
        var (line, start, isQuoted, wasQuoted) = (1, 1, false, false)
        func endField() {
            row.append(String(field))
            field.removeAll()
            wasQuoted = false
        }
        func endRow() {
            endField()
            if row != [""] { rows.append((start, row)) }
            row.removeAll()
        }
        var scalars = text.unicodeScalars.makeIterator()
        var held: Unicode.Scalar?
        while let scalar = held ?? scalars.next() {
            held = nil
            if scalar == "\n" { line += 1 }
            switch scalar {
            case "\"" where isQuoted:
                held = scalars.next()
                if held == "\"" {
                    field.append(scalar)
                    held = nil
                } else {
                    isQuoted = false
                }
            case _ where isQuoted: field.append(scalar)
            case "\"" where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case ",": endField()
            case "\r":
                held = scalars.next()
                guard held == "\n" || held == nil else { throw Failure(line: line, reason: "a CR without an LF") }
            case "\n":
                endRow()
                start = line
            default: field.append(scalar)
            }
        }
        guard !isQuoted else { throw Failure(line: start, reason: "a quote that does not end") }
        if !field.isEmpty || !row.isEmpty { endRow() }
        return rows
    }
}
