import Frames

extension InputDecoder {
    /// `ESC [ parameters final`, Linux' `ESC [ [ letter`, and the two encodings of the mouse.
    mutating func controlSequence(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        let body = bytes.dropFirst(2)
        switch body.first {
        case nil: return .needsMore
        case UInt8(ascii: "["): return linuxFunctionKey(bytes, time: time)
        case UInt8(ascii: "M"): return oldMouse(body.dropFirst(), time: time)
        default: break
        }
        guard let end = body.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
            return bytes.count > Self.longestSequence ? .used(bytes.count) : .needsMore
        }
        // A control character or another Esc within: the sequence was cut short.
        guard (0x40...0x7E).contains(bytes[end]) else { return .used(end - bytes.startIndex) }
        interpret(bytes[bytes.startIndex...end], time: time)
        return .used(end - bytes.startIndex + 1)
    }

    /// `ESC O letter`, also with a modifier before the letter as some terminals send it.
    mutating func keypadSequence(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        let body = bytes.dropFirst(2)
        guard let end = body.firstIndex(where: { !(0x30...0x3B).contains($0) }) else {
            return bytes.count > Self.longestSequence ? .used(bytes.count) : .needsMore
        }
        guard (0x40...0x7E).contains(bytes[end]) else { return .used(end - bytes.startIndex) }
        let sequence = ControlSequence(body[body.startIndex...end])
        if let key = capabilities[Array(bytes[bytes.startIndex...end])] ?? sequence.keypadKey {
            emit(key, time: time)
        }
        return .used(end - bytes.startIndex + 1)
    }

    private mutating func linuxFunctionKey(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        guard bytes.count > 3 else { return .needsMore }
        let letter = bytes[bytes.startIndex + 3]
        if (0x41...0x45).contains(letter) { emit(.function(Int(letter) - 0x40), time: time) }
        return .used(4)
    }

    private mutating func interpret(_ bytes: ArraySlice<UInt8>, time: Int64) {
        if let key = capabilities[Array(bytes)] { return emit(key, time: time) }
        let sequence = ControlSequence(bytes.dropFirst(2))
        if sequence.prefix == UInt8(ascii: "<") { return mouse(sequence, time: time) }
        // What the terminal is: the answer to the last question.
        if sequence.prefix == UInt8(ascii: "?"), sequence.final == UInt8(ascii: "c") { awaitsAnswer = false }
        guard sequence.prefix == nil else { return }
        if sequence.final == UInt8(ascii: "~"), sequence.parameters.first == 200 {
            paste = []
        } else if let key = sequence.key {
            if sequence.hasAlt, case .character = key { emit(.escape, time: time) }
            emit(key, time: time)
        }
    }

    /// SGR encoding: `ESC [ < code ; column ; row M`, or `m` for a release; columns and rows from 1.
    private mutating func mouse(_ sequence: ControlSequence, time: Int64) {
        guard sequence.parameters.count == 3, sequence.parameters[1] > 0, sequence.parameters[2] > 0 else { return }
        report(
            code: sequence.parameters[0], released: sequence.final == UInt8(ascii: "m"),
            point: Point(x: sequence.parameters[1] - 1, y: sequence.parameters[2] - 1), time: time)
    }

    /// X10 encoding: three bytes of code, column and row, each plus 32, columns and rows from 1.
    private mutating func oldMouse(_ bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        guard bytes.count >= 3 else { return .needsMore }
        let values = bytes.prefix(3).map { Int($0) - 32 }
        if values.allSatisfy({ $0 >= 0 }), values[1] > 0, values[2] > 0 {
            report(code: values[0], released: false, point: Point(x: values[1] - 1, y: values[2] - 1), time: time)
        }
        return .used(6)
    }

    private mutating func report(code: Int, released: Bool, point: Point, time: Int64) {
        for event in mouse.events(code: code, released: released, point: point, time: time) {
            events.append(InputEvent(.mouse(event), time: time))
        }
    }
}
