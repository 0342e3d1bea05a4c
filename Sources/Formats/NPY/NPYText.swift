import Tensors

/// Text as NumPy stores it: names of one length, the shorter ones with zeros behind them.
struct NPYText: Equatable {
    /// Bytes of a name.
    var width: Int
    /// Whether a character takes 4 bytes (`<U3`), else one of UTF-8 (`|S3`).
    var isWide: Bool

    /// Nil for a `descr` that is not text in the order of bytes of this machine.
    init?(descr: String) {
        guard let kind = descr.dropFirst().first, let length = Int(descr.dropFirst(2)), length >= 0 else { return nil }
        switch (descr.first, kind) {
        case ("<", "U"): (width, isWide) = (length.multipliedReportingOverflow(by: 4).partialValue, true)
        case ("|", "S"): (width, isWide) = (length, false)
        default: return nil
        }
        guard length <= NPYHeader.largestLength else { return nil }
    }

    /// The names of an array of these bytes. Cost: O(bytes).
    func names(_ bytes: UnsafeRawBufferPointer) -> [String] {
        guard width > 0 else { return [] }
        return stride(from: 0, to: bytes.count - width + 1, by: width).map {
            name(UnsafeRawBufferPointer(rebasing: bytes[$0..<$0 + width]))
        }
    }

    private func name(_ bytes: UnsafeRawBufferPointer) -> String {
        guard isWide else { return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self).littleEndian }
        return String(String.UnicodeScalarView(numbers.prefix { $0 != 0 }.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
    }
}

extension NPYContent {
    /// The names of an array of text [N] or [N, 1]; nil for any other array. Throws where header and size do not agree. Cost: O(bytes).
    func names() throws(FormatError) -> [String]? {
        let (form, start) = try form()
        guard let text = NPYText(descr: form.type), let count = form.shape.dimensions.first, form.shape.rowCount == 1 else { return nil }
        let size = count.multipliedReportingOverflow(by: text.width)
        guard !size.overflow, size.partialValue == range.count - start else {
            throw refusal(.mismatch, start, "the bytes of [\(form.shape)] of \(quoted(form.type))", "\(range.count - start)")
        }
        return text.width == 0
            ? Array(repeating: "", count: count) : text.names(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size.partialValue]))
    }
}
