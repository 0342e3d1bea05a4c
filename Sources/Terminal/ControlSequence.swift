import Frames

/// The parts of a control sequence: `prefix parameters final`, as in ECMA-48 5.4 and xterm's "ctlseqs".
struct ControlSequence {
    /// "<", "=", ">" or "?" before the parameters.
    let prefix: UInt8?
    /// Numbers between semicolons; what is missing is 0.
    let parameters: [Int]
    let final: UInt8

    /// From the bytes behind `ESC [` or `ESC O`, the final byte included.
    init(_ bytes: ArraySlice<UInt8>) {
        var body = bytes.dropLast()
        final = bytes.last ?? 0
        prefix = body.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        if prefix != nil { body = body.dropFirst() }
        parameters = body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { digits in
            digits.prefix(6).reduce(0) { (0x30...0x39).contains($1) ? $0 * 10 + Int($1) - 0x30 : $0 }
        }
    }

    /// Bits of the modifier in the second parameter: 1 shift, 2 Alt, 4 control.
    private var modifiers: Int { parameters.count > 1 ? max(0, parameters[1] - 1) : 0 }

    /// Whether Alt was held, which is an Esc before the key.
    var hasAlt: Bool { modifiers & 2 != 0 }

    /// The key of a sequence behind `ESC [`.
    var key: Key? {
        switch final {
        case UInt8(ascii: "~"): parameters.first == 27 ? codedKey(at: 2) : Self.numbered[parameters.first ?? 0]
        case UInt8(ascii: "u"): codedKey(at: 0)
        case UInt8(ascii: "Z"): .backTab
        case UInt8(ascii: "a")...UInt8(ascii: "d"): Self.arrow(final - 0x20, big: true)
        default: letterKey
        }
    }

    /// The key of a sequence behind `ESC O`: cursor and function keys, rxvt's control arrows, and the keypad.
    var keypadKey: Key? {
        switch final {
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "a")...UInt8(ascii: "d"): Self.arrow(final - 0x20, big: true)
        case UInt8(ascii: "j")...UInt8(ascii: "y"): .character(Character(Unicode.Scalar(final - 0x40)))
        default: letterKey
        }
    }

    private var letterKey: Key? {
        // Where the letter is behind `ESC O`, a modifier may be the only parameter.
        let isBig = modifiers != 0 || (parameters.count == 1 && parameters[0] > 1)
        return switch final {
        case UInt8(ascii: "A")...UInt8(ascii: "D"): Self.arrow(final, big: isBig)
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final) - 0x4F)
        default: nil
        }
    }

    /// Shift, Alt or control make the big step: some terminals keep one or the other for themselves.
    private static func arrow(_ letter: UInt8, big: Bool) -> Key? {
        switch letter {
        case UInt8(ascii: "A"): big ? .shiftUp : .up
        case UInt8(ascii: "B"): big ? .shiftDown : .down
        case UInt8(ascii: "C"): big ? .shiftRight : .right
        case UInt8(ascii: "D"): big ? .shiftLeft : .left
        default: nil
        }
    }

    /// Keys by the number before "~", of VT220, xterm, rxvt and the Linux console.
    private static let numbered: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12),
    ]

    /// A key by its character's number, as xterm's modifyOtherKeys and `CSI u` send it.
    private func codedKey(at index: Int) -> Key? {
        guard parameters.count > index, let scalar = Unicode.Scalar(UInt32(parameters[index])) else { return nil }
        if scalar == "\t", modifiers & 1 != 0 { return .backTab }
        if scalar.value < 32 || scalar.value == 127 { return InputDecoder.controlKey(UInt8(scalar.value)) }
        let character = Character(scalar)
        if modifiers & 4 != 0, let lower = character.lowercased().first { return .control(lower) }
        return .character(character)
    }
}
