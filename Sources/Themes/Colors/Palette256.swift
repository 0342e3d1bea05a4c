import Frames

/// The 256 colours of xterm, and the nearest of them to any colour.
public enum Palette256 {
    /// xterm's own sixteen; other terminals differ, which is why themes for 16 colours name no exact colour.
    public static let sixteen: [RGB] = [
        RGB(0x000000), RGB(0xCD0000), RGB(0x00CD00), RGB(0xCDCD00), RGB(0x0000EE), RGB(0xCD00CD), RGB(0x00CDCD),
        RGB(0xE5E5E5), RGB(0x7F7F7F), RGB(0xFF0000), RGB(0x00FF00), RGB(0xFFFF00), RGB(0x5C5CFF), RGB(0xFF00FF),
        RGB(0x00FFFF), RGB(0xFFFFFF),
    ]

    /// The levels of the cube's axes; the first step is larger than the others.
    private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// The colour of a number: sixteen, cube 16 + 36 r + 6 g + b, or grey 8 + 10 (n − 232).
    public static func rgb(_ index: UInt8) -> RGB {
        let number = Int(index)
        if number < 16 { return sixteen[number] }
        if number >= 232 {
            let grey = UInt8(8 + 10 * (number - 232))
            return RGB(grey, grey, grey)
        }
        let cube = number - 16
        return RGB(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
    }

    /// The number 16…255 nearest in CIELAB (ΔE 1976). The first sixteen are left out, for users change them.
    ///
    /// Cost: 240 distances.
    public static func nearest(to color: RGB) -> UInt8 {
        let wanted = LabColor(color)
        var best: (index: UInt8, distance: Double) = (16, .infinity)
        for (offset, candidate) in laboratory.enumerated() {
            let distance = wanted.squaredDistance(to: candidate)
            if distance < best.distance { best = (UInt8(16 + offset), distance) }
        }
        return best.index
    }

    /// The colours 16…255 in CIELAB.
    private static let laboratory: [LabColor] = (16...255).map { LabColor(rgb(UInt8($0))) }

    /// ΔE beyond which a colour says something else: red for green is worse than none.
    private static let farthest = 55.0

    /// The number 0…15 nearest in CIELAB among those that reach `contrast` on all `backgrounds`; nil where none does, or none that is like it.
    ///
    /// A terminal of eight colours shows 8…15 as 0…7 in bold, which many do not brighten: the plain colour must then be seen too, 3 to 1.
    public static func nearestOfSixteen(to color: RGB, on backgrounds: [RGB], contrast: Double) -> UInt8? {
        let wanted = LabColor(color)
        let readable = sixteen.indices.filter { index in
            backgrounds.allSatisfy { page in
                sixteen[index].contrast(with: page) >= contrast
                    && sixteen[index % 8].contrast(with: page) >= min(contrast, Role.graphicsContrast)
            }
        }
        let nearest = readable.min {
            wanted.squaredDistance(to: LabColor(sixteen[$0])) < wanted.squaredDistance(to: LabColor(sixteen[$1]))
        }
        return nearest.flatMap { wanted.squaredDistance(to: LabColor(sixteen[$0])) <= farthest * farthest ? UInt8($0) : nil }
    }
}
