import Networks
import Tensors

/// Examples of bytes in one row, of which nothing says whether they are pixels or the columns of a table.
struct ByteRow {
    let columns: Int
    let high: UInt8

    /// nil where examples have rows and columns. Cost: O(bytes).
    init?(_ dataset: Dataset) {
        guard dataset.exampleShape.rank == 1 else { return nil }
        (columns, high) = (dataset.exampleShape.count, dataset.inputs.bytes.max() ?? 0)
    }

    /// Values up to here are no pixels of which some are bright.
    static let darkest: UInt8 = 64

    /// Whether they are taken for a table: no square picture of 8×8 or more, grey or of three colours, has so many values, or all are dark.
    var isTable: Bool { !isPictureSize || high <= Self.darkest }

    private var isPictureSize: Bool { Self.side(columns) != nil || columns.isMultiple(of: 3) && Self.side(columns / 3) != nil }

    private static func side(_ count: Int) -> Int? {
        let side = Int(Double(count).squareRoot().rounded())
        return side >= 8 && side * side == count ? side : nil
    }

    /// What was guessed, and what settles it.
    func words(_ facts: InputFacts) -> String {
        guard isTable else {
            return " are bytes, \(columns) an example as square pictures have them, and were taken for pixels (\(facts.formula)): "
                + "if they are none, say --scale 1; where they are, --scale 1/255 says so"
        }
        let reason = isPictureSize ? "none is above \(Self.darkest)" : "\(columns) an example are no square picture"
        return " are bytes of a table, since \(reason), and were taken as they are: where they are pixels, say --scale 1/255; "
            + "where they are none, --scale 1 says so"
    }
}
