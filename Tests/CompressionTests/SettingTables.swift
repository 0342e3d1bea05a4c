import Compression

/// The tables of settings in `Docs/Plans.md`.
enum SettingTables {
    /// What stands before a table: `<!-- settings: linear -->`.
    static let mark = "<!-- settings: "

    /// Every name that a mark must have: the whole network, a layer, and each representation with settings.
    static let names = ["network", "layer"] + FormSettings.all.filter { !$0.list.isEmpty }.map(\.name)

    /// The text with every table made anew; a mark may name several representations, whose settings are joined.
    static func renewed(_ text: String) -> String {
        var lines: [Substring] = []
        var isTable = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            isTable = isTable && line.hasPrefix("|")
            if !isTable { lines.append(line) }
            guard let names = names(in: line) else { continue }
            lines += table(names).map { Substring($0) }
            isTable = true
        }
        return lines.joined(separator: "\n")
    }

    static func names(in line: Substring) -> [String]? {
        guard line.hasPrefix(mark), line.hasSuffix(" -->") else { return nil }
        return line.dropFirst(mark.count).dropLast(4).split(separator: ", ").map(String.init)
    }

    private static func table(_ names: [String]) -> [String] {
        let rows =
            switch names {
            case ["network"]: CompressionPlan.settings.flatMap { $0.rows(CompressionPlan()) }
            case ["layer"]: LayerPlan.settings.flatMap { $0.rows(.unchanged) }
            default: names.flatMap(rows(ofForm:))
            }
        let first = rows.enumerated().filter { !rows[..<$0.offset].contains($0.element) }
        return ["| key | values | default |", "|---|---|---|"] + first.map(\.element)
    }

    private static func rows(ofForm name: String) -> [String] {
        guard let form = FormSettings.named(name) else { return [] }
        let plain = LayerPlan(weights: form.taking(over: .float32))
        return form.list.flatMap { $0.rows(plain) }
    }
}

extension PlanSetting {
    /// A row for the setting, and for each that is written in its place; representations have tables of their own.
    fileprivate func rows(_ plain: Root, behind way: String = "") -> [String] {
        guard let key else { return [] }
        var begun = plain
        begin(&begun)
        let isForm = FormSettings.named(key) != nil
        let inner = isForm ? [] : children.flatMap { $0.rows(begun, behind: "\(way)\(key).") }
        if isMapping, !isForm { return inner }
        let (values, standard) = isForm ? ("a mapping, see below", "–") : (values(in: plain), isRequired ? "–" : standard(in: plain))
        let cells = ["`\(way)\(key)`", values, standard]
        return ["| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"] + inner
    }

    private func values(in plain: Root) -> String {
        let words = (kind.words + (kind.numbers?.words ?? [])).filter(\.isInFiles)
        let numbers = children.isEmpty ? [kind.numbers?.described].compactMap(\.self) : []
        let said = fileWords(in: plain).compactMap { text in words.first { $0.text == text }?.described }
        let all = numbers + said + [example.map { "`\($0)`" }].compactMap(\.self)
        return all.joined(separator: ", ") + (isRequired ? "; must be there" : "") + (help.isEmpty ? "" : ". \(help)")
    }

    private func standard(in plain: Root) -> String {
        if let unset = kind.numbers?.unset { return unset.meaning }
        return switch value(in: plain) {
        case nil: "–"
        case .number(let number): short(number)
        case .seed(let seed): String(seed)
        case .word(let word): fileWords(in: plain).contains(word) ? "`\(word)`" : word
        }
    }
}

extension SettingWord {
    fileprivate var described: String { meaning.isEmpty ? "`\(text)`" : "`\(text)` (\(meaning))" }
}

extension SettingNumbers {
    fileprivate var described: String {
        if let last = only.last { return only.dropLast().map(String.init).joined(separator: ", ") + " or \(last)" }
        return form == .seed ? "a whole number below 2^64" : "\(short(range.lowerBound))…\(short(range.upperBound))"
    }
}

private func short(_ number: Double) -> String { number == number.rounded() ? String(Int(number)) : String(number) }
