import Frames

extension InputDecoder {
    /// What a terminal sends behind pasted text.
    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// Takes pasted bytes up to the end mark; no byte before it is ever a key.
    mutating func pasted(from bytes: ArraySlice<UInt8>, time: Int64) -> Step {
        let marks = bytes.indices.lazy.filter { bytes[$0] == 0x1B }
        for mark in marks {
            let candidate = bytes[mark...].prefix(Self.pasteEnd.count)
            guard candidate.elementsEqual(Self.pasteEnd.prefix(candidate.count)) else { continue }
            keep(bytes[..<mark])
            guard candidate.count == Self.pasteEnd.count else {
                return mark == bytes.startIndex ? .needsMore : .used(mark - bytes.startIndex)
            }
            finishPaste(time: time)
            return .used(mark - bytes.startIndex + Self.pasteEnd.count)
        }
        keep(bytes)
        return .used(bytes.count)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        let room = Self.longestPaste - (paste?.count ?? 0)
        paste?.append(contentsOf: bytes.prefix(max(0, room)))
    }

    /// Line ends become "\n": terminals send them as carriage returns.
    private mutating func finishPaste(time: Int64) {
        var text = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in String(decoding: paste ?? [], as: UTF8.self).unicodeScalars {
            if scalar == "\r" {
                text.append("\n")
            } else if !(scalar == "\n" && previous == "\r") {
                text.append(scalar)
            }
            previous = scalar
        }
        paste = nil
        events.append(InputEvent(.paste(String(text)), time: time))
    }
}
