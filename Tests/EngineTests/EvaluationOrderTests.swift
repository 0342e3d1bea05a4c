import Engine
import Tensors
import Testing

@Suite("Order of the examples")
struct EvaluationOrderTests {
    @Test("A permutation whose every prefix holds each class to within one example of its share", arguments: 0..<40)
    func stratified(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let classes = Int32.random(in: 1...12, using: &generator)
        // Squared, so that the classes are of very different sizes.
        let labels = (0..<Int.random(in: 1...600, using: &generator)).map { _ in
            Int32(generator.uniform() * generator.uniform() * Double(classes))
        }
        let order = EvaluationOrder.stratified(labels: labels, seed: seed)
        #expect(order.sorted() == Array(labels.indices))
        let sizes = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
        var seen: [Int32: Int] = [:]
        // An example's place is (j + u) / size, so at place p between floor(p · size) and that + 1 of its class were seen;
        // p itself is n / N but for the classes' roundings, together less than their number.
        for (index, example) in order.enumerated() {
            seen[labels[example], default: 0] += 1
            for (label, size) in sizes {
                let share = Double(index + 1) * Double(size) / Double(labels.count)
                let slack = 1 + Double(sizes.count) * Double(size) / Double(labels.count)
                #expect(abs(Double(seen[label, default: 0]) - share) <= slack)
            }
        }
    }

    @Test("The seed alone decides, and it reaches the order within a class")
    func seeded() {
        let labels = (0..<500).map { Int32($0 % 7) }
        let order = EvaluationOrder.stratified(labels: labels, seed: 4)
        #expect(EvaluationOrder.stratified(labels: labels, seed: 4) == order)
        let other = EvaluationOrder.stratified(labels: labels, seed: 5)
        #expect(order.filter { labels[$0] == 3 } != other.filter { labels[$0] == 3 })
        #expect(EvaluationOrder.stratified(labels: [], seed: 1).isEmpty)
    }

    @Test("Every member of a class comes first about equally often")
    func uniformWithinAClass() {
        let labels = (0..<40).map { Int32($0 % 4) }
        var first = Array(repeating: 0, count: 10)
        for seed in 0..<4_000 {
            let order = EvaluationOrder.stratified(labels: labels, seed: UInt64(seed))
            if let member = order.first(where: { labels[$0] == 2 }) { first[member / 4] += 1 }
        }
        // 4,000 draws of 1/10: standard deviation 19, five of them either way.
        #expect(first.allSatisfy { abs($0 - 400) < 95 }, "\(first)")
    }
}
