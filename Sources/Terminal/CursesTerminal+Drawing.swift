import CTerminal
import Frames
import Themes

extension CursesTerminal {
    /// Shows styles as a theme says, which must be resolved for `depth`; the next frame is painted anew.
    public func use(_ theme: ResolvedTheme) { setColors(theme.colors) }

    /// Shows styles as a function says; the next frame is painted anew.
    package func setColors(_ colors: @escaping (Style) -> CellColors) {
        self.colors = colors
        painted.removeAll()
        pairs.reset()
        shown = nil
    }

    /// Repaints every cell with the next frame, whatever stands on the screen: for ^L.
    public func repaint() {
        cterminal_repaint_all()
        shown = nil
    }

    /// Shows a frame: only what differs from the last one is sent, in one update; an equal frame costs no output.
    ///
    /// What is outside of `size` is cut, what the frame does not cover is blank.
    public func show(_ frame: Frame) {
        guard cterminal_is_armed() != 0 else { return }
        let frame = supportsUnicode ? frame : frame.transliteratedToASCII()
        guard frame != shown else { return }
        for y in 0..<size.height where isChanged(row: y, of: frame) { put(row: y, of: frame) }
        shown = frame
        update(cursor: frame.cursor, focus: frame.focus)
    }

    private func isChanged(row y: Int, of frame: Frame) -> Bool {
        guard let shown, shown.size == frame.size else { return true }
        guard y < frame.size.height else { return false }
        let range = y * frame.size.width..<(y + 1) * frame.size.width
        return shown.cells[range] != frame.cells[range]
    }

    private func put(row y: Int, of frame: Frame) {
        row.removeAll(keepingCapacity: true)
        var style = Style.plain
        var paint = painted(style)
        var x = 0
        while x < size.width {
            let cell = frame[x, y]
            if cell.style != style {
                style = cell.style
                paint = painted(style)
            }
            let isWide = x + 1 < size.width && frame[x + 1, y].scalar == 0 && frame.bounds.contains(Point(x: x + 1, y: y))
            let width = isWide && cell.scalar != 0 ? 2 : 1
            // The right half of a character that is not there: something was drawn over the left one.
            let scalar = cell.scalar == 0 ? 32 : cell.scalar
            row.append(
                CTerminalCell(scalar: scalar, width: Int32(width), attributes: paint.attributes, pair: paint.pair))
            x += width
        }
        cterminal_put_row(window, Int32(y), 0, row, Int32(row.count))
    }

    private func painted(_ style: Style) -> PaintedStyle {
        if let known = painted[style] { return known }
        let paint = pairs.painted(colors(style))
        painted[style] = paint
        return paint
    }

    /// Sends the changes as one, so that terminals that can hold a frame back show it whole.
    private func update(cursor: Point?, focus: Point?) {
        TerminalModes.send(TerminalModes.updateBegins)
        let place = cursor ?? focus
        let isInside = place.map(Rect(size).contains) ?? false
        if let place, isInside { wmove(window, Int32(place.y), Int32(place.x)) }
        setCursor(visible: cursor != nil && isInside)
        wnoutrefresh(window)
        doupdate()
        TerminalModes.send(TerminalModes.updateEnds)
    }

    private func setCursor(visible: Bool) {
        guard visible != cursorIsVisible else { return }
        cursorIsVisible = visible
        curs_set(visible ? 1 : 0)
    }
}
