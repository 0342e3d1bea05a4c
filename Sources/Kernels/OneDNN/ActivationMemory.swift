import Tensors

/// Where activations lie: in memory of our own, or at an attached boundary in the caller's.
///
/// A value lies at the last attached boundary that it reached, so that stages write where it is wanted. A value that is alive at two attached
/// boundaries is copied from one to the other when the run passes between them.
final class ActivationMemory {
    /// Values lie at multiples of this.
    static let alignment = 64

    private let boundaries: [Range<Int>]
    private let byteCounts: [Int]
    private var places: [[ValuePlace]]
    private let own: [AlignedBuffer]
    /// The caller's memory by boundary.
    private(set) var attached: [UnsafeMutableRawPointer?]
    private let aliveAt: [[Int]]
    /// By stage, the values that are alive before and after it.
    private let carried: [[Int]]

    /// Values that lie in `own`, as many bytes each, where nothing else is attached.
    init(_ plan: StagePlan, _ byteCounts: [Int], own: [AlignedBuffer], places: [[ValuePlace]]) throws(KernelError) {
        self.places = places
        boundaries = plan.values.map(\.boundaries)
        self.byteCounts = byteCounts
        self.own = own
        attached = Array(repeating: nil, count: plan.stages.count + 1)
        let aliveAt = plan.alive
        self.aliveAt = aliveAt
        carried = plan.stages.indices.map { stage in aliveAt[stage].filter(aliveAt[stage + 1].contains) }
        for boundary in aliveAt.indices { setOffsets(boundary) }
        for value in own.indices { try place(value) }
    }

    private func setOffsets(_ boundary: Int) {
        var offset = 0
        for value in aliveAt[boundary] {
            places[value][boundary - boundaries[value].lowerBound].offset = offset
            offset += byteCounts[value].rounded(up: Self.alignment)
        }
    }

    /// Bytes of all values alive at a boundary, each rounded up to the alignment.
    func byteCount(at boundary: Int) -> Int { aliveAt[boundary].reduce(0) { $0 + byteCounts[$1].rounded(up: Self.alignment) } }

    func address(of value: Int, at boundary: Int) -> UnsafeMutableRawPointer {
        places[value][boundary - boundaries[value].lowerBound].address ?? own[value].start
    }

    func attach(boundary: Int, to memory: UnsafeMutableRawPointer?) throws(KernelError) {
        precondition(
            Int(bitPattern: memory) % Self.alignment == 0, "activations must lie at a multiple of \(Self.alignment) bytes")
        guard attached[boundary] != memory else { return }
        attached[boundary] = memory
        for value in aliveAt[boundary] { try place(value) }
    }

    /// Moves a value to where it belongs at each of its boundaries. Cost: O(boundaries of the value).
    private func place(_ value: Int) throws(KernelError) {
        var address = own[value].start
        for index in places[value].indices {
            let place = places[value][index]
            if let memory = attached[place.boundary] { address = memory + place.offset }
            guard place.address != address else { continue }
            places[value][index].address = address
            for memory in place.memories { try memory.setData(address) }
        }
    }

    /// Copies what a later stage reads elsewhere than at this boundary.
    func carry(past stage: Int) {
        for value in carried[stage] {
            let from = address(of: value, at: stage)
            let to = address(of: value, at: stage + 1)
            if from != to { to.copyMemory(from: from, byteCount: byteCounts[value]) }
        }
    }
}

extension Int {
    /// The least multiple of `step` that is not less.
    func rounded(up step: Int) -> Int { (self + step - 1) / step * step }
}
