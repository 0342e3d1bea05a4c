import Networks

/// Values of a network strung together as one row an example, the one output of a network that is cut behind them.
struct RowStack {
    private var cut: Network
    private var rows: [String] = []

    init(_ network: Network) { cut = network }

    /// Adds a value of so many numbers an example.
    mutating func add(_ value: String, width: Int) {
        let row = "\(value).rows.\(rows.count)"
        let operation = Operation.reshape(dimensions: [-1, width], allowZero: false)
        cut.nodes.append(Node(name: row, operation: operation, inputs: [value], outputs: [row]))
        rows.append(row)
    }

    var network: Network {
        guard rows.count > 1 else { return cut.applying(.onlyNeeded(for: rows.first ?? cut.output)) }
        var cut = cut
        let all = "\(cut.output).rows"
        cut.nodes.append(Node(name: all, operation: .concatenation(axis: 1), inputs: rows, outputs: [all]))
        return cut.applying(.onlyNeeded(for: all))
    }
}
