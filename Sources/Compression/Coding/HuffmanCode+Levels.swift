import CKernels

extension HuffmanCode {
    /// Writes the codes of levels, of which `low` is the first symbol.
    func append(_ levels: [Int32], low: Int, to bytes: inout [UInt8]) {
        bytes.appendWritten(atMost: (levels.count * width + 7) / 8 + 8) { target in
            pare_huffman_encode(levels, levels.count, Int32(low), words, lengths, target)
        }
    }
}
