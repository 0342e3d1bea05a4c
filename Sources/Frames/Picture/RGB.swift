/// A colour of the sRGB space, 8 bits a channel.
public struct RGB: Hashable, Sendable {
    public var red, green, blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From 0xRRGGBB.
    public init(_ value: UInt32) {
        self.init(UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
    }

    /// From `#RRGGBB`; nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 7, hex.first == "#", hex.dropFirst().allSatisfy(\.isHexDigit) else { return nil }
        guard let value = UInt32(hex.dropFirst(), radix: 16) else { return nil }
        self.init(value)
    }

    /// 0xRRGGBB.
    public var value: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

    /// `#rrggbb`.
    public var hex: String {
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// The colours of a cell as they are painted in a picture; reversed video is already carried out.
public struct CellPaint: Hashable, Sendable {
    public var foreground: RGB
    public var background: RGB
    public var isBold, isDim, isUnderlined: Bool

    public init(
        foreground: RGB, background: RGB, isBold: Bool = false, isDim: Bool = false, isUnderlined: Bool = false
    ) {
        self.foreground = foreground
        self.background = background
        self.isBold = isBold
        self.isDim = isDim
        self.isUnderlined = isUnderlined
    }
}

/// What a picture needs of a theme: the page's background and the paint of each style.
public struct PicturePalette: Sendable {
    public var page: RGB
    public var paint: @Sendable (Style) -> CellPaint

    public init(page: RGB, paint: @escaping @Sendable (Style) -> CellPaint) {
        self.page = page
        self.paint = paint
    }
}
