import Frames

/// Frames that differ a little or much from one number to the next, with wide characters whose halves overlap.
///
/// The terminal tests hold a copy of this function and compare.
enum ProbePattern {
    static func frame(number: Int, size: Size) -> Frame {
        var frame = Frame(size: size)
        let characters = Array("ab cd│█⣿宽界σ ".unicodeScalars)
        var state = UInt64(number)
        for _ in 0..<(number % 7 == 0 ? 3 : 600) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let random = Int(state >> 33)
            let role = Role.allCases[random / 7 % Role.allCases.count]
            frame.draw(
                String(Character(characters[random % characters.count])),
                at: Point(x: random / 11 % max(1, size.width), y: random / 1009 % max(1, size.height)),
                style: Style(role))
        }
        frame.draw("#\(number)", at: Point(x: 0, y: 0))
        return frame
    }
}
