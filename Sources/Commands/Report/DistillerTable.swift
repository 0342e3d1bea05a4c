import ArgumentParser
import Exports
import Foundation
import Networks
import Reports
import Tensors

/// The tables that users of Distiller know.
enum DistillerTable: String, ExpressibleByArgument, CaseIterable {
    case sparsity, macs
}

/// How a table is printed.
enum TableForm {
    case text, csv, json
}

extension DistillerTable {
    /// The table of a network, a line break at its end.
    func text(of network: Network, as form: TableForm) throws(CommandFailure) -> String {
        switch self {
        case .sparsity: return try Self.sparsity(SparsityTable(network), form)
        case .macs:
            guard !network.isWeightsOnly else {
                throw CommandFailure("\(network.name) has weights and no graph: nothing to count.", .badData)
            }
            let table: MACsTable
            do throws(ShapeError) { table = try MACsTable(network) } catch {
                throw CommandFailure("\(error.node): expected \(error.expected), found \(error.actual)", .badData)
            }
            return try Self.macs(table, form)
        }
    }

    private static func sparsity(_ table: SparsityTable, _ form: TableForm) throws(CommandFailure) -> String {
        let rows = table.rows + [table.total]
        let cells = rows.map { row -> [GridTable.Cell] in
            [
                .text(row.name), .text(row.shape.tuple), .whole(row.dense), .whole(row.sparse), .real(row.columns), .real(row.rows),
                .real(row.channels), .real(row.kernels), .real(row.filters), .real(row.fine), .real(row.deviation), .real(row.mean),
                .real(row.magnitude),
            ]
        }
        let left = table.unlisted > 0 ? "not listed: \(table.unlisted) weights of parameters without two or four axes\n" : ""
        return try print(
            SparsityTable.titles, cells, form, keys: sparsityKeys,
            after: String(format: "Total sparsity: %.2f\n", table.total.fine) + SparsityTable.convention + "\n" + left,
            facts: ["convention": .string(SparsityTable.convention), "unlisted": .integer(table.unlisted)])
    }

    private static let sparsityKeys = [
        "name", "shape", "dense", "sparse", "columns", "rows", "channels", "kernels", "filters", "fine", "deviation", "mean", "magnitude",
    ]

    private static func macs(_ table: MACsTable, _ form: TableForm) throws(CommandFailure) -> String {
        let cells = table.rows.map { row -> [GridTable.Cell] in
            [
                .text(row.name), .text(row.type), .text(row.attributes), .text(row.input.tuple), .whole(row.input.count),
                .text(row.output.tuple), .whole(row.output.count), .whole(row.weights), .whole(row.products),
            ]
        }
        let other =
            table.counted == table.total
            ? "" : "Pare counts \(table.counted): every place and every use of a layer, and products without one\n"
        return try print(
            MACsTable.titles, cells, form,
            keys: ["name", "type", "attributes", "input", "inputVolume", "output", "outputVolume", "weights", "macs"],
            after: table.sentence + "\n" + other, facts: ["total": .integer(table.total), "counted": .integer(table.counted)])
    }

    private static func print(
        _ titles: [String], _ cells: [[GridTable.Cell]], _ form: TableForm, keys: [String], after: String, facts: [String: JSONFigure]
    ) throws(CommandFailure) -> String {
        switch form {
        case .text: return GridTable(titles: titles, rows: cells).text + "\n" + after
        case .csv: return CSVText.text([titles] + cells.map { $0.map(\.csv) })
        case .json:
            let rows = cells.map { row in JSONFigure.object(Dictionary(uniqueKeysWithValues: zip(keys, row.map(\.json)))) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let document = JSONFigure.object(facts.merging(["rows": .list(rows)]) { first, _ in first })
            do { return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n" } catch {
                throw CommandFailure("\(error)", .software)
            }
        }
    }
}

extension GridTable.Cell {
    /// Real numbers as Python writes them, whole.
    fileprivate var csv: String {
        switch self {
        case .text(let text): text
        case .whole(let number): String(number)
        case .real(let number): CSVText.number(number)
        }
    }

    fileprivate var json: JSONFigure {
        switch self {
        case .text(let text): .string(text)
        case .whole(let number): .integer(number)
        case .real(let number): .number(number)
        }
    }
}
