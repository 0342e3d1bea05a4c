import Foundation

/// Arrays that are mostly +0 and have few values besides, as pruned and shared weights are: a bit for each weight, a palette of the rest.
package struct SparsePaletteCoding: WordCoding {
    private let bitmap: Bitmap
    private let palette: Palette

    package init?(_ words: [UInt32]) {
        guard let palette = Palette(words.filter { $0 != 0 }) else { return nil }
        bitmap = Bitmap(words)
        self.palette = palette
    }

    package var byteCount: Int { bitmap.bytes.count + palette.byteCount }
    package var data: Data { Data(bitmap.bytes) + palette.data }

    package static func words(from data: Data, count: Int) -> [UInt32]? {
        guard let bitmap = Bitmap(from: data, count: count) else { return nil }
        let rest = Data(data.dropFirst(bitmap.bytes.count))
        guard let values = Palette.words(from: rest, count: bitmap.ones) else { return nil }
        return bitmap.spread(values, count: count)
    }
}
