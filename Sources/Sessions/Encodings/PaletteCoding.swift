import Foundation

/// Arrays of few distinct values, as shared and quantized weights are: the values and one byte for each weight.
package struct PaletteCoding: WordCoding {
    private let palette: Palette

    package init?(_ words: [UInt32]) {
        guard let palette = Palette(words) else { return nil }
        self.palette = palette
    }

    package var byteCount: Int { palette.byteCount }
    package var data: Data { palette.data }

    package static func words(from data: Data, count: Int) -> [UInt32]? { Palette.words(from: data, count: count) }
}
