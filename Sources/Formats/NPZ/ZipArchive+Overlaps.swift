extension ZipArchive {
    /// Throws where two entries share bytes, by which a small file could claim to be a large one. Cost: O(entries · log entries).
    func checkOverlaps() throws(FormatError) {
        var ranges: [(range: Range<Int>, entry: ZipEntry)] = []
        for entry in entries { ranges.append((try dataRange(of: entry), entry)) }
        ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (first, second) in zip(ranges, ranges.dropFirst()) where first.range.upperBound > second.range.lowerBound {
            throw refusal(.malformed, second.entry, "bytes of its own", "bytes of \(quoted(first.entry.name))")
        }
    }
}
