/// xterm's 256 colours: 16 of the terminal's own, 16 + 36·r + 6·g + b for r, g, b in 0…5, and 24 greys from 232.
package enum XtermPalette {
    /// Intensities of the cube's six steps.
    private static let steps: [Int] = [0, 95, 135, 175, 215, 255]
    /// xterm's usual values of the 16, as 0xRRGGBB.
    private static let first: [Int] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

    /// The colour of an index, as 0xRRGGBB.
    package static func value(of index: UInt8) -> Int {
        let index = Int(index)
        if index < 16 { return first[index] }
        if index >= 232 { return (8 + 10 * (index - 232)) * 0x010101 }
        let cube = index - 16
        return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6]
    }

    /// The index in 16…255 nearest by squared distance.
    package static func nearest(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        let color = Int(red) << 16 | Int(green) << 8 | Int(blue)
        return (16...255).min { distance(value(of: $0), color) < distance(value(of: $1), color) } ?? 16
    }

    private static func distance(_ left: Int, _ right: Int) -> Int {
        [16, 8, 0].reduce(0) { sum, shift in
            let difference = (left >> shift & 255) - (right >> shift & 255)
            return sum + difference * difference
        }
    }
}
