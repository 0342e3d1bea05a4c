import Foundation

/// What was written, how large it is, and what was verified.
public struct ExportReport: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        public var path: String
        public var byteCount: Int

        public init(path: String, byteCount: Int) {
            self.path = path
            self.byteCount = byteCount
        }
    }

    /// Bytes on a microcontroller, without the code itself.
    public struct Memory: Hashable, Sendable {
        /// Constants: packed weights, tables, biases.
        public var flash: Int
        /// Static buffers.
        public var ram: Int

        public init(flash: Int, ram: Int) {
            self.flash = flash
            self.ram = ram
        }
    }

    public var format: ExportFormat
    public var files: [File]
    /// 4 · parameters: bytes of the network as it was opened, as float32.
    public var originalByteCount: Int
    /// Bytes of its parameters as the file had them, where it had floats of 16 bits or integers.
    public var cameByteCount: Int?
    /// Values that were read back and compared bit for bit: all of them, or there is no report.
    public var verifiedCount: Int
    /// How many of them were −0 and are +0 in the file.
    public var negativeZeroCount = 0
    /// How each layer is stored, in their order: `conv1 int8, a scale a channel`.
    public var forms: [String]
    /// The size under gzip, where the file is no smaller than the network although the plan made it compressible.
    public var gzipByteCount: Int?
    public var memory: Memory?
    /// Layers whose integers with many scales, as they were opened, are written by their float values.
    public var notKept: [String] = []

    /// What C source computes with, where the network's activations are quantized.
    public var arithmetic: String?

    public init(
        format: ExportFormat, files: [File], originalByteCount: Int, verifiedCount: Int, forms: [String] = [], gzipByteCount: Int? = nil,
        memory: Memory? = nil
    ) {
        self.format = format
        self.files = files
        self.originalByteCount = originalByteCount
        self.verifiedCount = verifiedCount
        self.forms = forms
        self.gzipByteCount = gzipByteCount
        self.memory = memory
    }

    /// Bytes of all files.
    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Original bytes over those that the weights need: the file's, or the constants of C source, whose text is larger.
    public var ratio: Double {
        if let memory { return Double(originalByteCount) / Double(max(1, memory.flash)) }
        return Double(cameByteCount ?? originalByteCount) / Double(max(1, byteCount))
    }
}

extension ExportReport: CustomStringConvertible {
    /// Sentences for people: the files and their bytes, the ratio, what was verified, what to know.
    public var description: String {
        var lines = files.map { "\($0.path): \($0.byteCount.grouped) bytes" }
        let ratio = String(format: "%.1f×", self.ratio)
        let zeros = negativeZeroCount == 0 ? "" : ", \(negativeZeroCount.grouped) zeros that were −0 written as +0"
        let verified = "read back, \(verifiedCount.grouped) values the same bit for bit\(zeros)"
        if let memory {
            lines.append(
                "Flash \(memory.flash.grouped) bytes of constants beside the code, \(ratio) smaller than \(originalByteCount.grouped) as float32; "
                    + "RAM \(memory.ram.grouped) bytes of static buffers; \(verified).")
        } else {
            let came = cameByteCount.map { "\($0.grouped) that came" } ?? "\(originalByteCount.grouped) as float32"
            // Of nothing there is no factor.
            lines[lines.count - 1] += (originalByteCount == 0 ? "" : ", \(ratio) of \(came)") + "; \(verified)."
        }
        if !forms.isEmpty { lines.append("Stored as: \(forms.joined(separator: " · ")).") }
        if !notKept.isEmpty {
            lines.append("Not kept as such, but written by their float values: \(notKept.joined(separator: ", ")).")
        }
        if let arithmetic { lines.append(arithmetic) }
        if let gzipByteCount {
            lines.append(
                "Zeros and shared values take 4 bytes each in this format; gzip makes \(gzipByteCount.grouped) bytes of it. "
                    + "Smaller by themselves: --format \(Self.shrinking).")
        }
        return lines.joined(separator: "\n")
    }

    private static let shrinking = "onnx-qdq, c or pare"
}
