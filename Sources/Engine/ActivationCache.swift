import Kernels

/// Activations kept at the boundaries before layers with weights, so that a change in one layer starts there.
///
/// Two versions a boundary and batch: the original network's, and the newest other one. Which boundaries and how many batches are kept is
/// decided once, by the multiply-adds that a byte saves, within the budget. Owned by the lane.
package final class ActivationCache {
    private struct Slot {
        /// Names the versions of all layers before the boundary, see ``PrefixNumbers``.
        var signature: Int
        var isValid = false
        let memory: UnsafeMutableRawPointer
    }

    private struct Boundary {
        let stage: Int
        let byteCount: Int
        /// Batches that are kept: the first ones of the order.
        let batches: Int
        /// Layers with weights before the boundary.
        let layerCount: Int
        /// [batch][0 original, 1 other]
        var slots: [[Slot?]]
    }

    private var boundaries: [Boundary]
    private var prefixes = PrefixNumbers()

    /// Chooses what to keep of `batchCount` batches in `budget` bytes.
    package init(stages: [ExecutionStage], batchCount: Int, budget: Int) {
        boundaries = Self.choose(stages: stages, batchCount: batchCount, budget: budget)
    }

    deinit {
        for boundary in boundaries {
            for slot in boundary.slots.joined() { slot?.memory.deallocate() }
        }
    }

    private static func choose(stages: [ExecutionStage], batchCount: Int, budget: Int) -> [Boundary] {
        var before = 0
        var layers = 0
        var candidates: [(stage: Int, bytes: Int, saved: Int, layers: Int)] = []
        for (index, stage) in stages.enumerated() {
            if index > 0, stage.weight != nil { candidates.append((index, stage.boundaryByteCount, before, layers)) }
            before += stage.multiplyAdds
            if stage.weight != nil { layers += 1 }
        }
        candidates.sort { $0.saved * max(1, $1.bytes) > $1.saved * max(1, $0.bytes) }
        var left = budget
        let chosen: [Boundary] = candidates.compactMap { candidate in
            let pair = 2 * max(64, candidate.bytes)
            let batches = min(batchCount, left / pair)
            guard batches > 0 else { return nil }
            left -= batches * pair
            return Boundary(
                stage: candidate.stage, byteCount: candidate.bytes, batches: batches, layerCount: candidate.layers,
                slots: Array(repeating: [nil, nil], count: batches))
        }
        return chosen.sorted { $0.stage < $1.stage }
    }

    /// Bytes that are held now.
    package var byteCount: Int {
        boundaries.reduce(0) { sum, boundary in
            sum + boundary.slots.joined().count { $0 != nil } * boundary.byteCount
        }
    }

    /// Bytes that are held at most.
    package var reservedByteCount: Int { boundaries.reduce(0) { $0 + $1.batches * 2 * max(64, $1.byteCount) } }

    /// The last boundary whose activations for these versions are kept, and where they lie; nil: start with the input.
    package func lookUp(batch: Int, versions: [UInt64]) -> (stage: Int, memory: UnsafeMutableRawPointer)? {
        let numbers = prefixes.numbers(of: versions)
        for boundary in boundaries.reversed() where batch < boundary.batches {
            for slot in boundary.slots[batch] {
                if let slot, slot.isValid, slot.signature == numbers[boundary.layerCount] { return (boundary.stage, slot.memory) }
            }
        }
        return nil
    }

    /// For every kept boundary after `stage`, the memory to write to (nil: the executor's own); what it held is forgotten.
    package func prepare(after stage: Int, batch: Int, versions: [UInt64]) -> [(stage: Int, memory: UnsafeMutableRawPointer?)] {
        let (numbers, changed) = (prefixes.numbers(of: versions), Self.firstChanged(versions))
        return boundaries.indices.filter { boundaries[$0].stage > stage }.map { index in
            let layers = boundaries[index].layerCount
            return (boundaries[index].stage, slotMemory(index, batch, numbers[layers], place: changed >= layers ? 0 : 1))
        }
    }

    /// The first layer that is not the original's: what stands before it is kept at 0, what stands behind it at 1.
    private static func firstChanged(_ versions: [UInt64]) -> Int { versions.firstIndex { $0 != 0 } ?? .max }

    private func slotMemory(_ index: Int, _ batch: Int, _ signature: Int, place: Int) -> UnsafeMutableRawPointer? {
        guard batch < boundaries[index].batches else { return nil }
        let memory =
            boundaries[index].slots[batch][place]?.memory
            ?? UnsafeMutableRawPointer.allocate(byteCount: max(64, boundaries[index].byteCount), alignment: 64)
        boundaries[index].slots[batch][place] = Slot(signature: signature, memory: memory)
        return memory
    }

    /// The kept boundaries after `stage`.
    func stages(after stage: Int) -> [Int] { boundaries.map(\.stage).filter { $0 > stage } }

    /// Says that the boundaries after `stage` now hold the activations of `versions`.
    package func commit(after stage: Int, batch: Int, versions: [UInt64]) {
        let changed = Self.firstChanged(versions)
        for index in boundaries.indices where boundaries[index].stage > stage && batch < boundaries[index].batches {
            let place = changed >= boundaries[index].layerCount ? 0 : 1
            boundaries[index].slots[batch][place]?.isValid = true
        }
    }
}
