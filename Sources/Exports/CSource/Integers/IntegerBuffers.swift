/// Where the values lie in one static array of bytes.
struct IntegerBuffers {
    /// By value; of no meaning for the input, and for an output that the caller owns.
    private(set) var offsets: [Int]
    private(set) var count = 0

    init(_ network: IntegerNetwork) {
        offsets = Array(repeating: 0, count: network.values.count)
        var last = [Int](repeating: -1, count: network.values.count)
        for (index, step) in network.steps.enumerated() { for value in step.inputs { last[value] = index } }
        last[network.output] = network.steps.count
        var live: [(value: Int, range: Range<Int>)] = []
        for (index, step) in network.steps.enumerated() where !(network.isWide && step.output == network.output) {
            // A table may write over what it reads for the last time.
            let isTable = if case .table = step.operation { true } else { false }
            let own = live.first { isTable && $0.value == step.inputs[0] && last[$0.value] == index }
            live.removeAll { last[$0.value] < index || $0.value == own?.value }
            let size = network.values[step.output].count
            var start = own?.range.lowerBound ?? 0
            if own == nil {
                for other in live.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where other.range.lowerBound < start + size {
                    start = max(start, other.range.upperBound)
                }
            }
            live.append((step.output, start..<start + size))
            offsets[step.output] = start
            count = max(count, start + size)
        }
    }
}
