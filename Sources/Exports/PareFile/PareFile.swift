import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

/// Pare's own container of a compressed network: every parameter by the way of writing that takes the fewest bytes.
public enum PareFile {
    /// The file of a network as a plan and a training left it, and what its bytes are for.
    ///
    /// - Parameters:
    ///   - codings: Ways that were chosen, by weight; the others are the smallest.
    ///   - card: Its normalization and classes go into the file.
    /// - Throws: `ExportError` for a graph that ONNX has no form for, and for a way that can't hold a layer's levels.
    /// Cost: O(n) for each way that is tried.
    public static func data(
        of applied: Applied, codings: [String: WeightCoding] = [:], card: ModelCard? = nil, file: String
    ) throws(ExportError) -> (bytes: [UInt8], table: ContainerTable) {
        let network = applied.inStandardOperators
        let made = try encoded(network, applied, codings)
        let graph = try graphSection(of: network, file: file)
        let facts = CardFacts(card)
        let container = PareContainer(graph: graph, records: made.map(\.record), card: facts)
        return (container.bytes(), ContainerTable(rows: made.map(\.row), graph: graph.count, card: facts?.byteCount ?? 0))
    }

    /// The records of all parameters, made by several threads.
    private static func encoded(
        _ network: Network, _ applied: Applied, _ codings: [String: WeightCoding]
    ) throws(ExportError) -> [(record: ParameterRecord, row: ContainerTable.Row)] {
        let parameters = network.containedParameters
        let results = concurrently(parameters.count) { place -> Result<(record: ParameterRecord, row: ContainerTable.Row), ExportError> in
            let parameter = parameters[place]
            return Result { () throws(ExportError) in
                let coding = applied.coding(of: parameter.name, among: codings)
                let (record, bytes) = try self.record(of: parameter, applied: applied, coding: coding)
                let nonzero = parameter.values.withFloats { $0.count { $0 != 0 } }
                return (record, ContainerTable.Row(name: parameter.name, record: record, nonzero: nonzero, bytes: bytes))
            }
        }
        var made: [(record: ParameterRecord, row: ContainerTable.Row)] = []
        made.reserveCapacity(results.count)
        for result in results { made.append(try result.get()) }
        return made
    }

    /// Writes the file and compares what is read back with the values that are evaluated, bit for bit; −0 is written as +0.
    public static func write(
        _ applied: Applied, codings: [String: WeightCoding] = [:], card: ModelCard? = nil, to path: String
    ) throws(ExportError) -> ExportReport {
        let (bytes, table) = try data(of: applied, codings: codings, card: card, file: path)
        let network = applied.withoutNegativeZeros.inStandardOperators
        let back: Network
        do throws(FormatError) {
            try FileWriter.write([Data(bytes)], to: path, from: applied.base.maps)
            back = try OutputFile.isFile(path) ? read(path).network : read(ContainerBytes(bytes), file: path).network
        } catch {
            throw .format(error)
        }
        guard back.measuring(as: network).hasNodes(of: network) else { throw .notSame(path: path, parameter: "the graph") }
        let found = back.parameters.elements.reduce(into: [:]) { $0[$1.key] = $1.value.values }
        let count = try NetworkExport.compare(network, with: found, path: path)
        return ExportReport(
            format: .pare, files: [ExportReport.File(path: path, byteCount: bytes.count)], originalByteCount: applied.opened.float32,
            verifiedCount: count,
            forms: table.rows.filter { $0.role == .weight }.map { row in
                "\(row.name) \(row.form) \(row.coding?.words ?? "as it is")"
            })
    }

    private static func record(
        of parameter: Parameter, applied: Applied, coding: WeightCoding?
    ) throws(ExportError) -> (ParameterRecord, ParameterBytes) {
        let isTransposed = applied.base.layer(of: parameter.name)?.isTransposed ?? false
        let stored = applied.stored(parameter.name)
        // A way that can't hold the levels is left for the smallest, as on the screen.
        guard
            let made = ParameterRecord.record(of: parameter, stored: stored, isTransposed: isTransposed, coding: coding)
                ?? ParameterRecord.record(of: parameter, stored: stored, isTransposed: isTransposed)
        else { throw .coding(parameter: parameter.name, coding: coding?.words ?? "") }
        return (made.record, made.bytes)
    }

    /// The graph section's content: 0 and the graph, or 1, the graph's length and the graph by zlib, whichever is shorter.
    public static func graphSection(of network: Network, file: String) throws(ExportError) -> [UInt8] {
        let skeleton: [UInt8]
        do { skeleton = Array(try NetworkWriter.skeleton(of: network.ended, file: file)) } catch { throw .format(error) }
        let plain = [0] + skeleton
        guard let packed = Deflate.compressed(skeleton) else { return plain }
        let deflated = [1] + (0..<4).map { UInt8(truncatingIfNeeded: skeleton.count >> (8 * $0)) } + packed
        return deflated.count < plain.count ? deflated : plain
    }
}
