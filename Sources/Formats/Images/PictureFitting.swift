import CImages
import Tensors

/// How pictures of any size become a network's input, as evaluation on ImageNet does it (torchvision's `Resize`, `CenterCrop` and `ToTensor`).
///
/// The shorter side is resized to `side` pixels by bilinear interpolation with antialias, then the middle is cut out. A picture that has the input's size
/// already is taken as it is, unless a side was asked for.
struct PictureFitting: Hashable, Sendable {
    /// The network's input.
    var channels: Int
    var height: Int
    var width: Int
    /// The shorter side after resizing; nil is 8/7 of the input's shorter side (256 for 224) for pictures of another size.
    var side: Int?

    /// What pictures of another size are resized to.
    var usedSide: Int { side ?? (min(height, width) * 8 + 3) / 7 }

    /// `resized to 256, middle 224×224`.
    var sentence: String {
        side == nil
            ? "shorter side \(usedSide) and middle \(height)×\(width) where the size differs"
            : "shorter side \(usedSide), middle \(height)×\(width)"
    }

    /// The picture as uint8 [channels, height, width]; nil where there is no memory to resize. Cost: O(pixels of the file).
    func apply(_ picture: Picture) -> Tensor? {
        guard let fitted = resized(channels == 1 ? Self.grey(picture) : picture) else { return nil }
        let (top, left) = (Self.start(fitted.height, height), Self.start(fitted.width, width))
        let storage = TensorStorage(byteCount: channels * height * width) { memory in
            for y in 0..<height {
                for x in 0..<width {
                    // A long and narrow picture may be smaller than the input across: what is missing stays black.
                    guard (0..<fitted.height).contains(y + top), (0..<fitted.width).contains(x + left) else { continue }
                    let pixel = ((y + top) * fitted.width + x + left) * fitted.channels
                    for channel in 0..<channels {
                        let value = fitted.pixels[pixel + (fitted.channels == 1 ? 0 : channel)]
                        memory[(channel * height + y) * width + x] = value
                    }
                }
            }
        }
        return Tensor(shape: [channels, height, width], elementType: .uint8, storage: storage)
    }

    /// Three channels as one, by ITU-R 601 in integers, as Pillow does it.
    private static func grey(_ picture: Picture) -> Picture {
        guard picture.channels == 3 else { return picture }
        var result = picture
        result.channels = 1
        result.pixels = stride(from: 0, to: picture.pixels.count, by: 3).map { pixel in
            let (red, green, blue) = (Int(picture.pixels[pixel]), Int(picture.pixels[pixel + 1]), Int(picture.pixels[pixel + 2]))
            return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
        }
        return result
    }

    /// Rounded half to even, as Python does.
    private static func start(_ size: Int, _ wanted: Int) -> Int {
        Int((Double(size - wanted) / 2).rounded(.toNearestOrEven))
    }

    private func resized(_ picture: Picture) -> Picture? {
        if side == nil, picture.height == height, picture.width == width { return picture }
        let shorter = min(picture.height, picture.width)
        let longer = usedSide * max(picture.height, picture.width) / shorter
        let (rows, columns) = picture.height <= picture.width ? (usedSide, longer) : (longer, usedSide)
        guard rows * columns <= PictureReader.largestPixels else { return nil }
        return rowsResized(picture, columns).flatMap { columnsResized($0, rows) }
    }

    private func rowsResized(_ picture: Picture, _ columns: Int) -> Picture? {
        guard columns != picture.width else { return picture }
        var result = picture
        result.width = columns
        result.pixels = [UInt8](repeating: 0, count: picture.height * columns * picture.channels)
        let status = result.pixels.withUnsafeMutableBufferPointer {
            cimages_resize_rows(picture.pixels, picture.height, picture.width, picture.channels, columns, $0.baseAddress)
        }
        return status == 0 ? result : nil
    }

    private func columnsResized(_ picture: Picture, _ rows: Int) -> Picture? {
        guard rows != picture.height else { return picture }
        var result = picture
        result.height = rows
        result.pixels = [UInt8](repeating: 0, count: rows * picture.width * picture.channels)
        let status = result.pixels.withUnsafeMutableBufferPointer {
            cimages_resize_columns(picture.pixels, picture.height, picture.width, picture.channels, rows, $0.baseAddress)
        }
        return status == 0 ? result : nil
    }
}
