import Tensors

extension ParameterRecord {
    /// The elements as a tensor; float32 for levels, which are turned into it in the memory that they were decoded to.
    ///
    /// - Parameter index: The number of the record, for errors.
    /// - Throws: ``ContainerError`` with the byte of the file.
    /// Memory: 4 bytes a weight and what the coder needs, at most 1 MiB; elements of other types are copied.
    public func tensor(index: Int) throws(ContainerError) -> Tensor {
        guard case .elements(let type) = form else { return try levelTensor(index: index) }
        let storage = TensorStorage(byteCount: stream.count) { $0.copyBytes(from: stream) }
        return Tensor(shape: shape, elementType: type, storage: storage)
    }

    /// The levels of the stream; nil for elements of other types.
    public func levels(index: Int) throws(ContainerError) -> StoredWeights? {
        guard case .levels(_, let coding) = form, var weights = emptyLevels else { return nil }
        do {
            weights.levels = try LevelCoders.decode(stream, as: coding, count: count, form: weights)
        } catch {
            throw ContainerError(.stream(error.reason), in: .parameter(index), offset: stream.startIndex + error.offset)
        }
        return weights
    }

    /// The same, but of 16 bits where the file has such numbers. Memory: 6 bytes a weight of these.
    public func storedTensor(index: Int) throws(ContainerError) -> Tensor {
        guard case .levels(.floats(let format), _) = form, format != .float32 else { return try tensor(index: index) }
        let numbers = try levels(index: index)?.levels ?? []
        let storage = TensorStorage(byteCount: 2 * numbers.count) { memory in
            for (place, level) in numbers.enumerated() {
                memory.storeBytes(of: UInt16(truncatingIfNeeded: level).littleEndian, toByteOffset: 2 * place, as: UInt16.self)
            }
        }
        return Tensor(shape: shape, elementType: format == .float16 ? .float16 : .bfloat16, storage: storage)
    }

    private func levelTensor(index: Int) throws(ContainerError) -> Tensor {
        guard var weights = try levels(index: index) else { return Tensor(shape: shape, floats: []) }
        let memory = LevelMemory(levels: weights.levels)
        weights.levels = []
        guard memory.turnIntoFloats(of: weights) else {
            throw ContainerError(.badValues, in: .parameter(index), offset: stream.startIndex)
        }
        return Tensor(shape: shape, elementType: .float32, storage: memory.storage())
    }
}

/// Levels whose memory becomes that of the floats that they stand for, so that a network is never held twice.
private final class LevelMemory: @unchecked Sendable {
    // because it is filled before it is lent to a tensor, and never written after that.

    private var levels: ContiguousArray<Int32>
    private let count: Int

    init(levels: [Int32]) {
        // An array of numbers that was made here is one block of memory; this takes it over without a copy.
        self.levels = ContiguousArray(levels)
        count = levels.count
    }

    /// False for a level without a value.
    func turnIntoFloats(of form: StoredWeights) -> Bool {
        levels.withUnsafeMutableBufferPointer { form.turnIntoFloats($0) }
    }

    /// The memory as bytes; it lives as long as they do.
    func storage() -> TensorStorage {
        levels.withUnsafeMutableBytes { memory in
            // The array is never touched again, so its block stays where it is until it is released.
            TensorStorage(viewing: UnsafeRawBufferPointer(memory)) { withExtendedLifetime(self) {} }
        }
    }
}

extension StoredWeights {
    /// Replaces each level by the bits of its float; false for a level without a value. The levels of `self` play no part. Cost: O(n).
    fileprivate func turnIntoFloats(_ memory: UnsafeMutableBufferPointer<Int32>) -> Bool {
        switch values {
        case .codebook(let negatives, let positives):
            let book = negatives.reversed() + [0] + positives
            return replace(memory) { _, level in
                let entry = Int(level) + negatives.count
                return book.indices.contains(entry) ? book[entry] : nil
            }
        case .grid(let scales, let largest):
            let length = max(1, memory.count / max(1, scales.count))
            let columns = scales.count > 1 && isTransposed
            return replace(memory) { index, level in
                guard Int(level).magnitude <= largest.magnitude else { return nil }
                return Float(level) * scales[scales.count == 1 ? 0 : columns ? index % scales.count : index / length]
            }
        case .scaled(let negatives, let positives, let scales):
            let book = negatives.reversed() + [0] + positives
            let count = memory.count
            return replace(memory) { index, level in
                let entry = Int(level) + negatives.count
                return book.indices.contains(entry)
                    ? book[entry] * scales[scalePlace(of: index, scales: scales.count, count: count)] : nil
            }
        case .cells(let books):
            let count = memory.count
            return replace(memory) { index, level in
                books.value(of: level, cell: scalePlace(of: index, scales: books.count, count: count))
            }
        case .dithered(let scale, let largest, let seed):
            return replace(memory) { index, level in
                Int(level).magnitude <= largest.magnitude ? StoredWeights.dithered(level, at: index, scale: scale, seed: seed) : nil
            }
        case .floats(.float32): return true
        case .floats(.float16): return replace(memory) { _, level in Float(half: UInt16(truncatingIfNeeded: level)) }
        case .floats(.bfloat16): return replace(memory) { _, level in Float(bitPattern: UInt32(truncatingIfNeeded: level) << 16) }
        }
    }

    @inline(__always)
    private func replace(_ memory: UnsafeMutableBufferPointer<Int32>, _ value: (Int, Int32) -> Float?) -> Bool {
        for index in memory.indices {
            guard let float = value(index, memory[index]) else { return false }
            memory[index] = Int32(bitPattern: float.bitPattern)
        }
        return true
    }
}
