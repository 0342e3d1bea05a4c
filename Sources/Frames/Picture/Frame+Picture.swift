extension Frame {
    /// The frame as an SVG document.
    ///
    /// Text is set in a monospaced font and stretched to its cells; blocks, braille and lines are drawn, so that they join as in a terminal.
    ///
    ///     let svg = frame.svg(palette: theme.picturePalette, title: "Pare, LeNet-5")
    ///
    /// - Parameter cellSize: points of one cell.
    public func svg(palette: PicturePalette, cellSize: Size = Size(width: 9, height: 20), title: String) -> String {
        var writer = PictureWriter(cell: cellSize)
        for y in 0..<size.height {
            for run in paintedRuns(row: y, palette) { writer.add(run, page: palette.page) }
        }
        let margin = 12
        let width = size.width * cellSize.width + 2 * margin
        let height = size.height * cellSize.height + 2 * margin
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img">
            <title>\(title.escapedForXML)</title>
            <rect width="\(width)" height="\(height)" rx="8" fill="\(palette.page.hex)"/>
            <g transform="translate(\(margin) \(margin))" \
            font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" \
            font-size="\(PictureWriter.number(Double(cellSize.height) * 0.75))" xml:space="preserve">
            \(writer.document)</g>
            </svg>

            """
    }

    /// Neighbouring cells of a row with the same paint.
    private func paintedRuns(row y: Int, _ palette: PicturePalette) -> [PaintedRun] {
        var runs: [PaintedRun] = []
        var known: [Style: CellPaint] = [:]
        for x in 0..<size.width {
            let cell = self[x, y]
            let paint = known[cell.style] ?? palette.paint(cell.style)
            known[cell.style] = paint
            if runs.last?.paint == paint {
                runs[runs.count - 1].scalars.append(cell.scalar)
            } else {
                runs.append(PaintedRun(x: x, y: y, paint: paint, scalars: [cell.scalar]))
            }
        }
        return runs
    }
}

/// Cells side by side with one paint.
struct PaintedRun {
    let x, y: Int
    let paint: CellPaint
    var scalars: [UInt32]
}

extension String {
    /// Escaped for text and attributes of XML; what XML 1.0 can't hold is left out.
    package var escapedForXML: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
