import Frames

extension InputDecoder {
    /// Decodes one key, character or sequence.
    mutating func next(from bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        guard let first = bytes.first else { return .needsMore }
        switch first {
        case 0x1B: return escape(bytes, time: time)
        case UInt8(ascii: "]") where awaitsAnswer:
            // Behind an Esc that came alone and was taken for the key.
            let step = answer(bytes)
            return step == .used(0) ? character(bytes, time: time) : step
        case 0x00...0x1F, 0x7F:
            emit(Self.controlKey(first), time: time)
            return .used(1)
        default: return character(bytes, time: time)
        }
    }

    /// One UTF-8 character; bytes that are none are dropped.
    mutating func character(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        guard let first = bytes.first, let length = Self.length(ofLead: first) else { return .used(1) }
        let candidate = bytes.prefix(length)
        if let wrong = candidate.dropFirst().firstIndex(where: { $0 & 0xC0 != 0x80 }) {
            return .used(wrong - bytes.startIndex)
        }
        if candidate.count < length { return .needsMore }
        if let text = String(validating: candidate, as: UTF8.self), let character = text.first {
            emit(.character(character), time: time)
        }
        return .used(length)
    }

    /// Bytes of a UTF-8 character by its first one.
    private static func length(ofLead byte: UInt8) -> Int? {
        switch byte {
        case 0x00...0x7F: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: nil
        }
    }

    /// Esc and what follows: a control or keypad sequence, an answer of the terminal, or the key itself.
    ///
    /// There is no Meta key: Alt and a character, and Esc and a character in one read, are both keys, so that none is lost on a slow line.
    private mutating func escape(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        let rest = bytes.dropFirst()
        guard let second = rest.first else { return .needsMore }
        switch second {
        case UInt8(ascii: "["): return controlSequence(bytes, time: time)
        case UInt8(ascii: "O"): return keypadSequence(bytes, time: time)
        case UInt8(ascii: "]") where awaitsAnswer:
            switch answer(rest) {
            case .needsMore: return .needsMore
            case .used(0): break
            case .used(let count): return .used(count + 1)
            }
        default: break
        }
        emit(.escape, time: time)
        return .used(1)
    }

    /// The key of a control character: ^H and ^? are Backspace, ^J and ^M Enter.
    static func controlKey(_ byte: UInt8) -> Key {
        switch byte {
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x1B: .escape
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x00: .control(" ")
        default: .control(Character(Unicode.Scalar(byte + 0x40)))
        }
    }
}
