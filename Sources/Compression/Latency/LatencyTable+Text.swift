import Networks

/// A table that another device printed: a line `key, ms` for each work, as the runner of `pare latency probe` writes it.
extension LatencyTable {
    /// What is wrong with such a file: the line, from 1 on, and a sentence.
    public struct TextError: Error, Hashable, Sendable {
        public var line: Int
        public var reason: String
    }

    /// Lines that begin with `#` are comments: `# device: NAME` names the device, `# batch: N` its batch. Throws at the first line that is neither.
    public init(text: String, device name: String) throws(TextError) {
        self.init(LatencyDevice(name: name, batch: 0))
        for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingBlanks
            if line.isEmpty { continue }
            if line.hasPrefix("#") {
                if let value = Self.comment("device", line) { device.name = value }
                if let batch = Self.comment("batch", line).flatMap({ Int($0) }) { device.batch = batch }
                continue
            }
            guard let comma = line.lastIndex(of: ","), let time = Double(line[line.index(after: comma)...].trimmingBlanks), time.isFinite,
                time > 0
            else { throw TextError(line: place + 1, reason: "it is no 'key, ms' with a time above 0") }
            guard set(time, key: line[..<comma].trimmingBlanks) else {
                throw TextError(line: place + 1, reason: "'\(line[..<comma].trimmingBlanks)' names no layer that can be timed")
            }
        }
        if count == 0 { throw TextError(line: 1, reason: "there is no time in it") }
    }

    private static func comment(_ name: String, _ line: String) -> String? {
        let prefix = "# \(name):"
        guard line.hasPrefix(prefix) else { return nil }
        return line.dropFirst(prefix.count).trimmingBlanks
    }
}

extension StringProtocol {
    /// Without blanks and line ends at both ends.
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " || $0 == "\r" || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\r" || $0 == "\t" }.reversed())
    }
}
