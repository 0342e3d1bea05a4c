/// One character cell of a frame.
public struct Cell: Hashable, Sendable {
    /// A Unicode scalar of width 1 or 2; 0 marks the right half of a wide one.
    public var scalar: UInt32
    public var style: Style

    public init(_ scalar: Unicode.Scalar = " ", style: Style = .plain) {
        self.scalar = scalar.value
        self.style = style
    }

    public static let blank = Cell()
    /// The right half of a wide character.
    public static func continuation(style: Style) -> Cell {
        var cell = Cell(" ", style: style)
        cell.scalar = 0
        return cell
    }
}
