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

    /// More constants than this are refused: 64 MiB, ten times what a large microcontroller has.
    static let largestFlash = 64 << 20

    static func write(_ applied: Applied, to path: String) throws(ExportError) -> ExportReport {
        let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...].dropLast(2))
        guard path.hasSuffix(".c"), !name.isEmpty else { throw .fileName(path: path, ending: "c") }
        let writer = try CSourceWriter(applied, name: name)
        let made = try writer.written()
        let headerPath = Self.headerPath(besides: path, name: name)
        let (source, header) = (Data(made.source.utf8), Data(made.header.utf8))
        do {
            try FileWriter.write([source], to: path, from: applied.base.maps)
            try FileWriter.write([header], to: headerPath)
        } catch {
            throw .format(error)
        }
        let count = try verify(writer.network, path: path, text: OutputFile.isFile(path) ? nil : made.source)
        return ExportReport(
            format: .c,
            files: [.init(path: path, byteCount: source.count), .init(path: headerPath, byteCount: header.count)],
            originalByteCount: applied.openedByteCount, verifiedCount: count, memory: made.memory)
    }

    /// In the same folder, under the name that the source includes.
    private static func headerPath(besides path: String, name: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return folder + CSourceWriter.identifier(name) + ".h"
    }

    /// Reads the constants of the file (or of its text, where it is none) again and decodes them with the steps of its decoder.
    private static func verify(_ network: Network, path: String, text: String?) throws(ExportError) -> Int {
        let written = text ?? (try? String(contentsOfFile: path, encoding: .utf8))
        guard let written else { throw .notSame(path: path, parameter: "the file") }
        let reader = CSourceReader(written)
        var found: [String: Tensor] = [:]
        for (index, parameter) in network.parameters.values.enumerated() {
            guard let values = reader.values(of: parameter, index: index) else { throw .notSame(path: path, parameter: parameter.name) }
            found[parameter.name] = Tensor(shape: parameter.shape, floats: values)
        }
        return try NetworkExport.compare(network, with: found, path: path)
    }
}
