import CImages
import Tensors

/// A decoded picture: 8 bits a value, row by row, one channel (grey) or three (red, green, blue) beside each other.
struct Picture {
    var width: Int
    var height: Int
    var channels: Int
    /// height · width · channels.
    var pixels: [UInt8]
}

/// Reads PNG by libpng and JPEG by libjpeg-turbo; which of them it is, the content says.
enum PictureReader {
    enum Form { case png, jpeg }

    /// Pixels of a picture that is decoded at most: 64 million.
    static let largestPixels = 64 << 20
    /// Bytes of a file that is read at most: 256 MiB.
    static let largestFile = 256 << 20

    static func form(_ bytes: UnsafeRawBufferPointer) -> Form? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        return bytes.starts(with: [0xFF, 0xD8, 0xFF]) ? .jpeg : nil
    }

    /// Decodes a file. Throws for damage, and for sizes that so few bytes can't hold: neither DEFLATE nor JPEG makes more than about 8,000 pixels of a byte.
    static func read(_ path: String) throws(FormatError) -> Picture { try read(MappedFile(path: path, isNoted: false)) }

    static func read(_ file: MappedFile) throws(FormatError) -> Picture {
        guard let form = form(file.bytes) else {
            throw FormatError(
                .wrongFormat, file: file.path, offset: 0, reading: "picture", expected: "PNG or JPEG", actual: "other bytes",
                cure: "Convert it, or move it out of the folder.")
        }
        guard file.count <= largestFile else {
            throw refusal(.limit, file, form, "a file of at most \(largestFile) bytes", "\(file.count)")
        }
        let size = try size(file, form)
        var pixels = [UInt8](repeating: 0, count: Int(size.width) * Int(size.height) * Int(size.channels))
        try run(file, form) { bytes, message in
            pixels.withUnsafeMutableBufferPointer { target in
                form == .png
                    ? cimages_read_png(bytes, file.count, size, target.baseAddress, message)
                    : cimages_read_jpeg(bytes, file.count, size, target.baseAddress, message)
            }
        }
        return Picture(width: Int(size.width), height: Int(size.height), channels: Int(size.channels), pixels: pixels)
    }

    private static func size(_ file: MappedFile, _ form: Form) throws(FormatError) -> cimages_size {
        var size = cimages_size()
        try run(file, form) { bytes, message in
            form == .png ? cimages_png_size(bytes, file.count, &size, message) : cimages_jpeg_size(bytes, file.count, &size, message)
        }
        // Both are below 2^31, so that the product can be counted.
        let count = Int(size.width) * Int(size.height)
        let justified = min(largestPixels, 8 * Inflater.largestOutput(of: file.count))
        guard count > 0, count <= justified else {
            throw refusal(.limit, file, form, "1 to \(justified) pixels in \(file.count) bytes", "\(size.width)×\(size.height)")
        }
        return size
    }

    private static func run(
        _ file: MappedFile, _ form: Form, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<CChar>) -> Int32
    ) throws(FormatError) {
        guard let bytes = file.bytes.baseAddress else { return }
        let (status, text) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CIMAGES_MESSAGE)) { message -> (Int32, String) in
            message.initialize(repeating: 0)
            guard let start = message.baseAddress else { return (0, "") }
            let status = body(bytes.assumingMemoryBound(to: UInt8.self), start)
            return (status, status == 0 ? "" : String(cString: start))
        }
        guard status != CIMAGES_OK.rawValue else { return }
        let kind: FormatError.Kind = status == CIMAGES_UNSUPPORTED.rawValue ? .unsupported : .malformed
        throw refusal(kind, file, form, "a whole picture in grey or colour", text.isEmpty ? "damage" : text)
    }

    private static func refusal(
        _ kind: FormatError.Kind, _ file: MappedFile, _ form: Form, _ expected: String, _ actual: String
    ) -> FormatError {
        FormatError(kind, file: file.path, reading: form == .png ? "PNG" : "JPEG", expected: expected, actual: actual)
    }
}
