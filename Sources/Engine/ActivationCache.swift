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
        /// Those of the layers from there on whose weights something before the boundary reads too, as a table of embeddings.
        let readBefore: [Int]
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
        let reads = EarlyReads(stages)
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
                readBefore: reads.layers(readBefore: candidate.stage, from: candidate.layers),
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
            let signature = signature(of: boundary, numbers, versions)
            for slot in boundary.slots[batch] {
                if let slot, slot.isValid, slot.signature == signature { return (boundary.stage, slot.memory) }
            }
        }
        return nil
    }

    /// For every kept boundary after `stage`, the memory to write to (nil: the executor's own); what it held is forgotten.
    package func prepare(after stage: Int, batch: Int, versions: [UInt64]) -> [(stage: Int, memory: UnsafeMutableRawPointer?)] {
        let (numbers, changed) = (prefixes.numbers(of: versions), Self.firstChanged(versions))
        return boundaries.indices.filter { boundaries[$0].stage > stage }.map { index in
            let signature = signature(of: boundaries[index], numbers, versions)
            return (boundaries[index].stage, slotMemory(index, batch, signature, place: place(boundaries[index], changed, versions)))
        }
    }

    /// The number of the versions that the boundary depends on.
    private func signature(of boundary: Boundary, _ numbers: [Int], _ versions: [UInt64]) -> Int {
        boundary.readBefore.isEmpty
            ? numbers[boundary.layerCount] : prefixes.number(after: numbers[boundary.layerCount], boundary.readBefore.map { versions[$0] })
    }

    /// 0 for the original's activations, else 1.
    private func place(_ boundary: Boundary, _ changed: Int, _ versions: [UInt64]) -> Int {
        changed >= boundary.layerCount && boundary.readBefore.allSatisfy { versions[$0] == 0 } ? 0 : 1
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
            let place = place(boundaries[index], changed, versions)
            boundaries[index].slots[batch][place]?.isValid = true
        }
    }
}

/// The weights of layers that are read before their layer runs.
private struct EarlyReads {
    /// The layer in the order of the stages, and the first stage that reads its weights.
    private var early: [(layer: Int, first: Int)] = []

    /// Cost: O(parameters that stages read).
    init(_ stages: [ExecutionStage]) {
        var readers: [String: Int] = [:]
        var layer = 0
        for (index, stage) in stages.enumerated() {
            for name in stage.otherParameters where readers[name] == nil { readers[name] = index }
            guard let weight = stage.weight else { continue }
            if let first = readers[weight] { early.append((layer, first)) }
            layer += 1
        }
    }

    func layers(readBefore stage: Int, from layer: Int) -> [Int] {
        early.filter { $0.layer >= layer && $0.first < stage }.map(\.layer)
    }
}
