import Kernels
import Tensors
import Testing

/// Sides that cost least, against all there are.
@Suite struct MinimumCutTests {
    @Test func costsTheLeast() {
        for seed in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let count = Int.random(in: 1...7, using: &generator)
            let nodes = (0..<count).map { _ in [0, 1].map { _ in Int.random(in: 0...9, using: &generator) } }
            let pairs = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                [0, 0, 1, 1].map { Int.random(in: $0 == 0 ? 0...count - 1 : 0...5, using: &generator) }
            }
            var cut = MinimumCut(count: count)
            for (node, costs) in nodes.enumerated() { cut.add(node: node, first: costs[0], second: costs[1]) }
            for pair in pairs where pair[0] != pair[1] { cut.add(pair[0], pair[1], pair[2], pair[3]) }
            func cost(_ isSecond: (Int) -> Bool) -> Int {
                let own = nodes.enumerated().reduce(0) { $0 + $1.element[isSecond($1.offset) ? 1 : 0] }
                return pairs.reduce(own) { sum, pair in
                    guard isSecond(pair[0]) != isSecond(pair[1]) else { return sum }
                    return sum + (isSecond(pair[1]) ? pair[2] : pair[3])
                }
            }
            let sides = cut.seconds()
            let least = (0..<1 << count).map { bits in cost { bits >> $0 & 1 == 1 } }.min()
            #expect(cost { sides[$0] } == least, "seed \(seed)")
        }
    }
}
