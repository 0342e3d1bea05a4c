import Reports
import Tensors

/// The fixed order in which examples are measured: shuffled within each class by a seed, and every prefix holds the classes in nearly their shares.
package enum EvaluationOrder {
    /// Indices into the split; equal for equal labels and seed. Cost: O(N log N).
    ///
    /// The j-th of nₖ examples of class k stands at (j + u) / nₖ with u uniform for each example.
    package static func stratified(labels: [Int32], seed: UInt64) -> [Int] {
        var generator = SeededGenerator(seed: seed)
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }
        var places: [(place: Double, example: Int)] = []
        places.reserveCapacity(labels.count)
        for label in classes.keys.sorted() {
            let members = (classes[label] ?? []).shuffled(using: &generator)
            for (rank, example) in members.enumerated() {
                places.append(((Double(rank) + generator.uniform()) / Double(members.count), example))
            }
        }
        places.sort { ($0.place, $0.example) < ($1.place, $1.example) }
        return places.map(\.example)
    }

    /// Those of a part alone, in the same order.
    package static func stratified(labels: [Int32], seed: UInt64, part: ExamplePart) -> [Int] {
        let all = stratified(labels: labels, seed: seed)
        return part == .all ? all : Array(all[part.range(of: all.count)])
    }
}
