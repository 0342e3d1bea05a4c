import Compression
import Formats

extension FormatError {
    /// A container's error with the file, the byte and what helps.
    init(_ error: ContainerError, file: String) {
        let facts = error.reason.facts
        self.init(
            facts.kind, file: file, offset: error.offset, reading: error.part.words, expected: facts.expected, actual: facts.actual,
            cure: facts.cure)
    }
}

extension ContainerError.Part {
    fileprivate var words: String {
        switch self {
        case .header: "container's header"
        case .section(let kind): PareContainer.Kind(rawValue: kind).map { "section '\($0)'" } ?? "section of kind \(kind)"
        case .parameter(let index): "parameter \(index)"
        }
    }
}

extension ContainerError.Reason {
    fileprivate typealias Facts = (kind: FormatError.Kind, expected: String, actual: String, cure: String?)

    fileprivate var facts: Facts {
        switch self {
        case .wrongMagic: (.wrongFormat, "the first bytes of a .pare file", "others", "Give a file that `pare export --format pare` wrote.")
        case .unknownVersion(let version):
            (.unsupported, "version \(PareContainer.version) or older", "version \(version)", "Use a newer Pare.")
        case .endsEarly(let missing): (.truncated, "\(missing) more bytes", "the end", nil)
        case .goesOn(let bytes): (.malformed, "the end", "\(bytes) more bytes", nil)
        case .badNumber: (.malformed, "a number below 2^56 in its shortest form", "another", nil)
        case .checksum(let stored, let computed):
            (.malformed, "checksum \(String(stored, radix: 16))", String(computed, radix: 16), "The file is damaged: copy it again.")
        case .unknownSection: (.unsupported, "sections that this version knows", "a needed one that it does not", "Use a newer Pare.")
        case .duplicateSection: (.duplicate, "each section once", "a second one", nil)
        case .missingSection: (.missing, "the section", "none", nil)
        case .tooManyWeights(let declared, let limit):
            (.limit, "at most \(limit) weights", "\(declared) declared", "Where the file is trusted, allow more with --max-weights.")
        case .tooMany(let count, let limit): (.limit, "at most \(limit)", "\(count)", nil)
        case .unknownCode(let code): (.unsupported, "a code of this version", "\(code)", "Use a newer Pare.")
        case .badShape: (.malformed, "at most 16 sizes of at least 1 whose product can be counted", "others", nil)
        case .badValues: (.malformed, "values that rise and scales that are finite", "others", nil)
        case .wrongLength(let expected, let actual): (.mismatch, "\(expected) bytes", "\(actual)", nil)
        case .notUTF8: (.malformed, "UTF-8", "other bytes", nil)
        case .stream(let reason): reason.facts
        }
    }
}

extension CodingError.Reason {
    fileprivate var facts: ContainerError.Reason.Facts {
        switch self {
        case .endsEarly: (.truncated, "more levels", "the end of the stream", nil)
        case .goesOn(let bytes): (.malformed, "the end of the stream", "\(bytes) more bytes", nil)
        case .levelOutOfRange(let level): (.malformed, "a level that has a value", "\(level)", nil)
        case .positionOutOfRange(let position): (.malformed, "a position among the weights", "\(position)", nil)
        case .noPrefixCode: (.malformed, "lengths of a prefix code", "others", nil)
        case .unsuitable: (.malformed, "a way of writing that suits the values", "another", nil)
        }
    }
}
