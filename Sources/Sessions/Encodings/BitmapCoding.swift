import Foundation

/// Arrays that are mostly +0, as pruned weights are: a bit for each weight and the values that are left. −0 counts as a value.
package struct BitmapCoding: WordCoding {
    private let bitmap: Bitmap
    private let values: [UInt32]

    package init?(_ words: [UInt32]) {
        bitmap = Bitmap(words)
        values = words.filter { $0 != 0 }
    }

    package var byteCount: Int { bitmap.bytes.count + 4 * values.count }

    package var data: Data {
        var data = Data(bitmap.bytes)
        data.append(words: values)
        return data
    }

    package static func words(from data: Data, count: Int) -> [UInt32]? {
        guard let bitmap = Bitmap(from: data, count: count) else { return nil }
        let (start, ones) = (bitmap.bytes.count, bitmap.ones)
        guard data.count == start + 4 * ones else { return nil }
        return bitmap.spread(data.words(at: start, count: ones), count: count)
    }
}
