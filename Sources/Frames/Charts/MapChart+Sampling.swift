extension MapChart {
    /// Pixels of the drawing.
    func pixelSize(in rect: Rect) -> Size {
        let room = Self.pixels(in: rect)
        guard columns > 0, rows > 0, room.width > 0, room.height > 0 else { return Size(width: 0, height: 0) }
        let factor = min(room.width / columns, room.height / rows)
        if factor >= 1 { return Size(width: factor * columns, height: factor * rows) }
        if isStretched { return Size(width: min(columns, room.width), height: min(rows, room.height)) }
        let shrink = min(Double(room.width) / Double(columns), Double(room.height) / Double(rows))
        return Size(
            width: max(1, Int(Double(columns) * shrink)), height: max(1, Int(Double(rows) * shrink)))
    }

    /// Shades 0…4 of all pixels, row-major. Cost O(rows · columns).
    func shades(_ pixels: Size) -> [Int] {
        let across = Self.spans(columns, pixels.width)
        let down = Self.spans(rows, pixels.height)
        return down.flatMap { rowSpan in across.map { shade(mean(rowSpan, $0)) } }
    }

    private func mean(_ rowSpan: Range<Int>, _ columnSpan: Range<Int>) -> Double {
        var sum = 0.0
        for row in rowSpan {
            for column in columnSpan {
                let value = values[row * columns + column]
                sum += value.isNaN ? 0 : Double(min(1, max(0, value)))
            }
        }
        return sum / Double(rowSpan.count * columnSpan.count)
    }

    private func shade(_ value: Double) -> Int {
        switch levels {
        case .nearest: Int((value * 4).rounded())
        case .exactEnds: value <= 0 ? 0 : value >= 1 ? 4 : 1 + min(2, Int(value * 3))
        }
    }

    /// The values that each pixel covers, at least one; whole and without gaps where there are fewer pixels than values.
    static func spans(_ count: Int, _ pixels: Int) -> [Range<Int>] {
        (0..<pixels).map { pixel in
            let first = pixel * count / pixels
            return first..<max(first + 1, (pixel + 1) * count / pixels)
        }
    }
}
