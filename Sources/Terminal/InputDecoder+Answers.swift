import Frames

extension InputDecoder {
    /// `] 11 ; rgb:…` up to BEL or `ESC \`, the answer behind an Esc; uses no byte where it is none.
    mutating func answer(_ bytes: ArraySlice<UInt8>) -> Step {
        let start = Array("]11;".utf8)
        guard bytes.prefix(start.count).elementsEqual(start.prefix(bytes.count)) else { return .used(0) }
        let text = bytes.dropFirst(start.count)
        guard bytes.count > start.count, let end = text.firstIndex(where: { !(0x20...0x7E).contains($0) }) else {
            return bytes.count > Self.longestSequence ? .used(bytes.count) : .needsMore
        }
        if bytes[end] == 0x1B, end + 1 == bytes.endIndex { return .needsMore }
        background = Self.color(String(decoding: text[..<end], as: UTF8.self))
        let ending = bytes[end] == 0x07 ? 1 : bytes[end...].starts(with: [0x1B, UInt8(ascii: "\\")]) ? 2 : 0
        return .used(end - bytes.startIndex + ending)
    }

    /// `rgb:ffff/ffff/ffff` or `rgba:…` with one to four hexadecimal digits a channel, or `#rrggbb` (XParseColor(3)); nil for anything else.
    static func color(_ text: String) -> RGB? {
        if text.hasPrefix("#") { return RGB(hex: text) }
        guard let colon = text.firstIndex(of: ":"), ["rgb", "rgba"].contains(text[..<colon]) else { return nil }
        let channels = text[text.index(after: colon)...].split(separator: "/", omittingEmptySubsequences: false).prefix(3).map(channel)
        guard channels.count == 3, let red = channels[0], let green = channels[1], let blue = channels[2] else { return nil }
        return RGB(red, green, blue)
    }

    /// Digits scaled to 0…255: `f` and `ffff` are 255.
    private static func channel(_ digits: Substring) -> UInt8? {
        guard (1...4).contains(digits.utf8.count), let value = UInt32(digits, radix: 16), digits.first != "+" else { return nil }
        let largest = UInt32(1) << (4 * UInt32(digits.utf8.count)) - 1
        return UInt8((value * 255 + largest / 2) / largest)
    }
}
