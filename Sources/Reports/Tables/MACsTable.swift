import Networks
import Tensors

/// Distiller's table of multiply-accumulates of one example, a row a layer: `model_performance_summary` at d859fc85.
///
/// A convolution has volume(OFM) · in / groups · kernel, a dense layer in · out at however many places it is used; biases are not counted, and a layer
/// that is used twice is counted once. Pare's own count, ``Network/multiplyAdds()``, has every place and every use.
public struct MACsTable: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var name: String
        /// `Conv2d`, `Linear`, `LSTM`.
        public var type: String
        /// `k=(5, 5)` of a convolution, else empty.
        public var attributes: String
        /// What goes in and what comes out, for one example; volumes are their elements.
        public var input: Shape
        public var output: Shape
        public var weights: Int
        public var products: Int
    }

    /// Distiller's names of the columns.
    public static let titles = [
        "Name", "Type", "Attrs", "IFM", "IFM volume", "OFM", "OFM volume", "Weights volume", "MACs",
    ]

    public let rows: [Row]
    /// Of one example through the whole network by Pare's count.
    public let counted: Int

    /// Of the layers in the order of the graph. Throws where shapes don't fit. Cost: O(nodes).
    public init(_ network: Network) throws(ShapeError) {
        let batch = network.batch(1)
        let shapes = try network.shapes(batch: batch)
        let products = network.multiplyAdds(shapes, batch: batch)
        counted = products.reduce(0, +)
        rows = network.layers.compactMap { layer in layer.node.map { Row(layer, network.nodes[$0], products[$0], shapes) } }
    }

    /// Σ MACs, Distiller's last line.
    public var total: Int { rows.reduce(0) { $0 + $1.products } }

    /// `Total MACs: 2,293,000`.
    public var sentence: String {
        let digits = String(total)
        let grouped = digits.enumerated().map { place, digit in
            place > 0 && (digits.count - place).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
        }
        return "Total MACs: " + grouped.joined()
    }
}

extension MACsTable.Row {
    fileprivate init(_ layer: Layer, _ node: Node, _ products: Int, _ shapes: [String: Shape]) {
        self.init(
            name: layer.name, type: "Linear", attributes: "", input: node.inputs.first.flatMap { shapes[$0] } ?? [],
            output: node.outputs.first.flatMap { shapes[$0] } ?? [], weights: layer.count, products: layer.count)
        switch node.operation {
        case .convolution(let window):
            type = "Conv\(window.kernel.count)d"
            attributes = "k=\(Shape(window.kernel).tuple)"
            self.products = products
        case .recurrence(let recurrence):
            type = recurrence.cell.word
            self.products = products
        default: break
        }
    }
}

extension Recurrence.Cell {
    fileprivate var word: String {
        switch self {
        case .lstm: "LSTM"
        case .gru: "GRU"
        case .rnn: "RNN"
        }
    }
}

extension Shape {
    /// As Python writes it: `(1, 28, 28)`; `-` without axes.
    public var tuple: String { rank == 0 ? "-" : "(" + dimensions.map(String.init).joined(separator: ", ") + ")" }
}
