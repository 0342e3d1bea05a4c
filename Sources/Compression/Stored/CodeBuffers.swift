import Networks
import Tensors

/// The weights of a layer while a representation takes their place: the values, and the level of each.
struct CodeBuffers {
    let values: UnsafeMutableBufferPointer<Float>
    /// All 0 at first; empty where the values stay floats.
    let levels: UnsafeMutableBufferPointer<Int32>

    /// A piece of both.
    func piece(_ range: Range<Int>) -> CodeBuffers {
        CodeBuffers(
            values: UnsafeMutableBufferPointer(rebasing: values[range]),
            levels: levels.isEmpty ? levels : UnsafeMutableBufferPointer(rebasing: levels[range]))
    }

    /// Makes the weights of a layer: `body` writes values and levels. `hasLevels` is whether the levels matter; where not, there is no room for them.
    static func make(_ layer: Layer, hasLevels: Bool, _ body: (CodeBuffers) -> Void) -> (values: Tensor, levels: [Int32]) {
        var levels = [Int32](repeating: 0, count: hasLevels ? layer.count : 0)
        let values = Tensor(shape: layer.shape) { values in
            levels.withUnsafeMutableBufferPointer { body(CodeBuffers(values: values, levels: $0)) }
        }
        return (values, levels)
    }

    /// The table of a codebook, when each level is 1 + the index of its weight among `values`, and 0 where the weight is 0.
    ///
    /// Levels become those of the table, which holds the values in use by sign and rising magnitude; a value of 0 is level 0. Cost: O(n).
    func codebook(of values: [Float]) -> StoredWeights.Values {
        var isUsed = [Bool](repeating: false, count: values.count + 1)
        for level in levels { isUsed[Int(level)] = true }
        let used = values.indices.filter { isUsed[$0 + 1] && values[$0] != 0 }.map { values[$0] }
        let positives = Set(used.filter { $0 > 0 }).sorted()
        let negatives = Set(used.filter { $0 < 0 }).sorted(by: >)
        let places = Dictionary(
            uniqueKeysWithValues: positives.enumerated().map { ($1, Int32($0 + 1)) } + negatives.enumerated().map { ($1, Int32(-$0 - 1)) })
        let table = [0] + values.map { places[$0] ?? 0 }
        for index in levels.indices { levels[index] = table[Int(levels[index])] }
        return .codebook(negatives: negatives, positives: positives)
    }
}

extension UnsafeMutableBufferPointer {
    /// Without elements.
    static var none: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: nil, count: 0) }
}

extension ChannelLayout {
    /// Calls `body` with values and levels of each channel as one piece; false when cancelled before the last one.
    func forEachChannel(of buffers: CodeBuffers, blocks: WeightBlocks, _ body: (CodeBuffers) -> Void) -> Bool {
        guard isTransposed, !buffers.levels.isEmpty else {
            var channel = 0
            return forEachChannel(of: buffers.values, blocks: blocks) { values in
                let levels = buffers.levels.isEmpty ? buffers.levels : buffers.piece(channel * length..<(channel + 1) * length).levels
                channel += 1
                body(CodeBuffers(values: values, levels: levels))
            }
        }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { levels in
            var channel = 0
            return forEachChannel(of: buffers.values, blocks: blocks) { values in
                levels.update(repeating: 0)
                body(CodeBuffers(values: values, levels: levels))
                for index in 0..<length { buffers.levels[index * channels + channel] = levels[index] }
                channel += 1
            }
        }
    }
}
