import Compression
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

    static func write(_ planned: PlannedNetwork, to path: String) throws(ExportError) -> ExportReport {
        let url = URL(fileURLWithPath: path)
        guard url.pathExtension == "c" else { throw .fileName(path: path, ending: "c") }
        let headerURL = url.deletingPathExtension().appendingPathExtension("h")
        let made = try CSourceWriter(planned, name: url.deletingPathExtension().lastPathComponent).written()
        let headerPath = path.hasPrefix("/") ? headerURL.path : String(path.dropLast(1)) + "h"
        let (source, header) = (Data(made.source.utf8), Data(made.header.utf8))
        do {
            try FileWriter.write([source], to: path)
            try FileWriter.write([header], to: headerPath)
        } catch {
            throw .format(error)
        }
        let count = try verify(planned, path: path)
        return ExportReport(
            format: .c,
            files: [.init(path: path, byteCount: source.count), .init(path: headerPath, byteCount: header.count)],
            originalByteCount: planned.network.denseByteCount, verifiedCount: count, memory: made.memory)
    }

    /// Reads the constants of the file again and decodes them with the steps of its decoder.
    private static func verify(_ planned: PlannedNetwork, path: String) throws(ExportError) -> Int {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch { throw .notSame(path: path, parameter: "the file") }
        let reader = CSourceReader(text)
        var found: [String: Tensor] = [:]
        for (index, parameter) in planned.network.parameters.values.enumerated() {
            guard let values = reader.values(of: parameter, index: index) else { throw .notSame(path: path, parameter: parameter.name) }
            found[parameter.name] = Tensor(shape: parameter.shape, floats: values)
        }
        return try NetworkExport.compare(planned.network, with: found, path: path)
    }
}
