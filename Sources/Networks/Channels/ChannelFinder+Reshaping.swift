import Tensors

extension ChannelFinder {
    /// The same elements under another shape: an axis that becomes part of a longer one repeats its channels along it, one that is cut is held.
    mutating func reshaped(_ node: Node, _ data: [Int: [Int]], to shape: Shape) -> [Int: [Int]] {
        let from = self.shape(node.inputs[0])
        var result: [Int: [Int]] = [:]
        for part in Self.parts(from, shape) {
            let tracked = part.old.filter { data[$0] != nil }
            let target = part.new.filter { shape[$0] != 1 }
            guard let axis = tracked.first, let channels = data[axis] else { continue }
            guard tracked.count == 1, target.count <= 1, let new = target.first ?? part.new.first, new > 0 else {
                hold(data.filter { tracked.contains($0.key) }, node)
                continue
            }
            let step = part.old.filter { $0 > axis }.reduce(1) { $0 * from[$1] }
            result[new] = (0..<shape[new]).map { channels[$0 / step % from[axis]] }
        }
        return result
    }

    /// Runs of axes of both shapes that hold the same elements, each as short as can be.
    private static func parts(_ old: Shape, _ new: Shape) -> [(old: Range<Int>, new: Range<Int>)] {
        var parts: [(old: Range<Int>, new: Range<Int>)] = []
        var (start, other) = (0, 0)
        while start < old.rank, other < new.rank {
            var (end, otherEnd) = (start + 1, other + 1)
            var (count, otherCount) = (old[start], new[other])
            while count != otherCount {
                if count < otherCount {
                    guard end < old.rank else { break }
                    count *= old[end]
                    end += 1
                } else {
                    guard otherEnd < new.rank else { break }
                    otherCount *= new[otherEnd]
                    otherEnd += 1
                }
            }
            parts.append((start..<end, other..<otherEnd))
            (start, other) = (end, otherEnd)
        }
        // What is left holds one element along each axis.
        guard let last = parts.popLast() else { return [] }
        return parts + [(last.old.lowerBound..<old.rank, last.new.lowerBound..<new.rank)]
    }
}
