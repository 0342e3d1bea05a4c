import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

/// C99 source of a network for a microcontroller: packed weights, a decoder, and inference without allocation.
///
/// Layers are decoded row by row into a static buffer; values lie in a static array whose places are given again. Single examples, float32.
struct CSource {
    let header: String
    let source: String
    let memory: ExportReport.Memory
    /// Parameters that are no arrays of the source: their numbers stand in its calls.
    var inlined: Set<String> = []

    /// More constants than this are refused: 64 MiB, ten times what a large microcontroller has.
    static let largestFlash = 64 << 20

    static func write(_ applied: Applied, card: ModelCard? = nil, to path: String) throws(ExportError) -> ExportReport {
        let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...].dropLast(2))
        guard path.hasSuffix(".c"), !name.isEmpty else { throw .fileName(path: path, ending: "c") }
        let integers = try integers(of: applied, card)
        if let network = integers.network {
            let made = IntegerSource.written(network, name: CSourceWriter.identifier(name), title: CSourceWriter.title(name))
            guard made.memory.flash <= largestFlash else { throw .tooLarge(byteCount: made.memory.flash, limit: largestFlash) }
            return try write(made, applied, to: path, name: name, arithmetic: integers.note) { (text) throws(ExportError) in
                try verify(network, path: path, text: text)
            }
        }
        let writer = try CSourceWriter(applied, name: name)
        let made = try writer.written()
        return try write(made, applied, to: path, name: name, arithmetic: integers.note) { (text) throws(ExportError) in
            try verify(writer.network, without: made.inlined, path: path, text: text)
        }
    }

    /// The network in integers, or why it is not, where its activations are quantized.
    private static func integers(of applied: Applied, _ card: ModelCard?) throws(ExportError) -> (network: IntegerNetwork?, note: String?) {
        guard IntegerReader.isMeant(for: applied) else { return (nil, nil) }
        do {
            let network = try IntegerReader.read(applied, card: card)
            let left = network.leftOut.map {
                " The \($0) that ends the opened network is left out: its input is the output, which nothing quantizes."
            }
            return (network, "Computed in integers: int8 × int8 → int32, without floats." + (left ?? ""))
        } catch .operatorWithoutC(let node, let operation, let reason) {
            return (nil, "Computed in floats: integers have no \(operation)\(reason.map { " \($0)" } ?? "") (node '\(node)').")
        }
    }

    private static func write(
        _ made: CSource, _ applied: Applied, to path: String, name: String, arithmetic: String?,
        verify: (_ text: String?) throws(ExportError) -> Int
    ) throws(ExportError) -> ExportReport {
        let (source, header) = (Data(made.source.utf8), Data(made.header.utf8))
        let headerPath = Self.headerPath(besides: path, name: name)
        do {
            try FileWriter.write([source], to: path, from: applied.base.maps)
            try FileWriter.write([header], to: headerPath)
        } catch {
            throw .format(error)
        }
        let count = try verify(OutputFile.isFile(path) ? nil : made.source)
        var report = ExportReport(
            format: .c,
            files: [.init(path: path, byteCount: source.count), .init(path: headerPath, byteCount: header.count)],
            originalByteCount: applied.opened.float32, verifiedCount: count, memory: made.memory)
        report.arithmetic = arithmetic
        return report
    }

    /// In the same folder, under the name that the source includes.
    private static func headerPath(besides path: String, name: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return folder + CSourceWriter.identifier(name) + ".h"
    }

    /// Reads the constants of the file (or of its text, where it is none) again and decodes them with the steps of its decoder.
    private static func verify(_ network: Network, without inlined: Set<String>, path: String, text: String?) throws(ExportError) -> Int {
        let written = text ?? (try? String(contentsOfFile: path, encoding: .utf8))
        guard let written else { throw .notSame(path: path, parameter: "the file") }
        let reader = CSourceReader(written)
        var found: [String: Tensor] = [:]
        for name in inlined { found[name] = network.parameters[name]?.values }
        for (index, parameter) in network.parameters.values.enumerated() where found[parameter.name] == nil {
            guard let values = reader.values(of: parameter, index: index) else { throw .notSame(path: path, parameter: parameter.name) }
            found[parameter.name] = Tensor(shape: parameter.shape, floats: values)
        }
        return try NetworkExport.compare(network, with: found, path: path)
    }

    /// The same for weights of integers, step by step.
    private static func verify(_ network: IntegerNetwork, path: String, text: String?) throws(ExportError) -> Int {
        let written = text ?? (try? String(contentsOfFile: path, encoding: .utf8))
        guard let written else { throw .notSame(path: path, parameter: "the file") }
        let reader = CSourceReader(written)
        var count = 0
        for (index, step) in network.steps.enumerated() {
            guard case .layer(let layer) = step.operation else { continue }
            guard reader.integers(ofStep: index) == layer.weights else { throw .notSame(path: path, parameter: step.node) }
            count += layer.weights.count
        }
        return count
    }
}
