extension PseudoTerminalScreen {
    /// Takes one character or sequence; returns its bytes, 0 where it is not complete.
    mutating func consume(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let first = bytes.first else { return 0 }
        switch first {
        case 0x1B: return escape(bytes)
        case 0x00...0x1F, 0x7F:
            control(first)
            return 1
        default: break
        }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard bytes.count >= length else { return 0 }
        if let character = String(decoding: bytes.prefix(length), as: UTF8.self).first { put(character) }
        return length
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x08: move(x: x - 1, y: y)
        case 0x09: move(x: (x / 8 + 1) * 8, y: y)
        case 0x0A: lineFeed()
        case 0x0D: move(x: 0, y: y)
        case 0x0E: activeSet = 1
        case 0x0F: activeSet = 0
        default: break
        }
    }

    private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Int {
        let rest = bytes.dropFirst()
        guard let second = rest.first else { return 0 }
        switch second {
        case UInt8(ascii: "["): return controlSequence(bytes)
        case UInt8(ascii: "]"): return operatingSystemCommand(bytes)
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            guard bytes.count > 2 else { return 0 }
            lineDrawingSets[second == UInt8(ascii: "(") ? 0 : 1] = bytes[bytes.startIndex + 2] == UInt8(ascii: "0")
            return 3
        case UInt8(ascii: "7"): saved = (x, y)
        case UInt8(ascii: "8"): move(x: saved.x, y: saved.y)
        case UInt8(ascii: "M"): reverseLineFeed()
        case UInt8(ascii: "="), UInt8(ascii: ">"): break
        default: unknown.append(String(decoding: bytes.prefix(2), as: UTF8.self).debugDescription)
        }
        return 2
    }

    private mutating func operatingSystemCommand(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let end = bytes.firstIndex(of: 0x07) else { return 0 }
        let text = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
        if text == "11;?" { questions.append(.background) }
        if text.hasPrefix("52;c;") { copied.append(String(text.dropFirst(5))) }
        return end - bytes.startIndex + 1
    }

    private mutating func controlSequence(_ bytes: ArraySlice<UInt8>) -> Int {
        let body = bytes.dropFirst(2)
        guard let end = body.firstIndex(where: { (0x40...0x7E).contains($0) }) else { return 0 }
        let text = String(decoding: body[..<end], as: UTF8.self)
        let numbers = text.drop { "?!>".contains($0) }.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        if text.hasPrefix("?") {
            for mode in numbers { set(mode: mode, bytes[end] == UInt8(ascii: "h")) }
        } else if !interpret(bytes[end], numbers, text) {
            unknown.append("[\(text)\(Character(Unicode.Scalar(bytes[end])))")
        }
        return end - bytes.startIndex + 1
    }

    private mutating func set(mode: Int, _ isOn: Bool) {
        if mode == 1049 { switchScreen(toAlternate: isOn) }
        if mode == 2026, isOn { updateCount += 1 }
        if isOn { modes.insert(mode) } else { modes.remove(mode) }
    }

    private mutating func interpret(_ final: UInt8, _ numbers: [Int], _ text: String) -> Bool {
        let first = max(1, numbers.first ?? 1)
        let second = max(1, numbers.count > 1 ? numbers[1] : 1)
        switch Character(Unicode.Scalar(final)) {
        case "H", "f": move(x: second - 1, y: first - 1)
        case "A": move(x: x, y: y - first)
        case "B": move(x: x, y: y + first)
        case "C": move(x: x + first, y: y)
        case "D": move(x: x - first, y: y)
        case "G": move(x: first - 1, y: y)
        case "d": move(x: x, y: first - 1)
        case "E": move(x: 0, y: y + first)
        case "J": eraseScreen(numbers.first ?? 0)
        case "K": eraseLine(numbers.first ?? 0)
        case "X": fill(row: y, x..<min(width, x + first))
        case "@": insertCells(first)
        case "P": deleteCells(first)
        case "L": scroll(from: y, by: -first)
        case "M": scroll(from: y, by: first)
        case "S": scroll(from: top, by: first)
        case "T": scroll(from: top, by: -first)
        case "b": for _ in 0..<first { put(last) }
        case "Z": move(x: max(0, (x - 1) / 8 * 8), y: y)
        case "r": setRegion(numbers)
        case "m": setStyle(numbers.isEmpty ? [0] : numbers)
        case "c" where text.isEmpty: questions.append(.device)
        case "h", "l", "t", "p", "c", "n": return text.hasPrefix("!") || "4 22;0;0 23;0;0".contains(text)
        default: return false
        }
        return true
    }
}
