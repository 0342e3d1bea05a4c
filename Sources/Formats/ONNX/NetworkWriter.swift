import Foundation
import Networks
import SwiftProtobuf
import Tensors

/// Writes networks as ONNX files that ``NetworkReader`` and other programs read.
///
/// Values are written as they are (float32 where the network was trained here), inside the file; the batch stays open. A Softmax that ended the
/// opened file is written too, though not to a skeleton. Reading gives the
/// same graph under the same names, and the same bits. Only the network's own name and its source are not kept: they are the file's.
public enum NetworkWriter {
    /// The version of ONNX's operators; a later one where an operator needs it or integers of 4 or 16 bits are stored: each came with it.
    static let operatorVersion: Int64 = 17

    /// The file's content.
    ///
    /// A sign is written as ONNX's, which other programs evaluate to 0 at exactly 0, where Pare has +1.
    ///
    /// - Parameter compact: what is written instead of a parameter's floats, by its name; it must stand for the same values.
    /// - Throws: `FormatError` for operators that Pare can't run (their settings were not kept), for quantizers that ONNX does not have, and for
    ///   shapes that do not fit; `file` is
    ///   the name that it carries.
    public static func data(
        of network: Network, compact: [String: CompactValues] = [:], file: String = "network.onnx"
    ) throws(FormatError) -> Data {
        try parts(of: network, compact: compact, file: file).reduce(into: Data()) { $0.append($1) }
    }

    /// The same content in parts, float values being lent and not copied.
    static func parts(
        of network: Network, compact: [String: CompactValues] = [:], file: String
    ) throws(FormatError) -> [Data] {
        let model = try GraphWriter(network: network.ended, compact: compact, file: file).model()
        if let parts = try? model.serializedParts() { return parts }
        throw FormatError(
            .limit, file: file, reading: "network", expected: "at most 2 GB, which is all that ONNX's messages hold",
            actual: "\(network.denseByteCount) bytes")
    }

    /// The graph without the values of its parameters, which are named in their order: what a container of its own keeps beside them.
    ///
    /// - Throws: as ``data(of:compact:file:)``.
    public static func skeleton(of network: Network, file: String) throws(FormatError) -> Data {
        var network = network
        network.name = "n"
        var model = try GraphWriter(network: network, isSkeleton: true, file: file).model()
        model.producerName = ""
        do {
            return try model.serializedData()
        } catch {
            throw FormatError(.limit, file: file, reading: "graph", expected: "a graph that can be serialized", actual: "\(error)")
        }
    }

    /// Writes a file beside `path`, which then takes its name.
    ///
    /// - Returns: what identifies the file: its path, size and SHA-256.
    /// - Throws: as ``data(of:compact:file:)``, and where the file can't be written.
    @discardableResult
    public static func write(
        _ network: Network, compact: [String: CompactValues] = [:], to path: String
    ) throws(FormatError) -> Network.Source {
        let parts = try parts(of: network, compact: compact, file: path)
        try FileWriter.write(parts, to: path, from: network.maps)
        return Network.Source(path: path, byteCount: parts.reduce(0) { $0 + $1.count }, sha256: FileHash.sha256(parts))
    }
}
