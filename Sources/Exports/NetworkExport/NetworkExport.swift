import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

/// Writes compressed networks for other programs and reads each file back before it says so.
public enum NetworkExport {
    /// Writes a network and compares what is read back with the values that are evaluated, bit for bit; −0 is written as +0.
    ///
    /// `codings` and `card` are for Pare's own container. `path` is replaced whole; C source has its header beside it. What goes to a device, pipe
    /// or descriptor is read back from memory.
    ///
    /// - Throws: `ExportError` for what the format can't hold, for a path that can't be written, and for a file that is not the same.
    public static func write(
        _ applied: Applied, as format: ExportFormat, codings: [String: WeightCoding] = [:], card: ModelCard? = nil, to path: String
    ) throws(ExportError) -> ExportReport {
        if applied.base.isWeightsOnly, ![.safetensors, .pare].contains(format) { throw .noGraph(format) }
        let negativeZeros = applied.negativeZeroCount
        let applied = applied.withoutNegativeZeros
        if format != .safetensors, let layer = applied.unknownClip { throw .unknownClip(layer: layer) }
        var report: ExportReport
        do throws(ExportError) {
            report =
                switch format {
                case .onnx: try ONNXFile.write(applied, isCompact: false, to: path)
                case .quantizedONNX: try ONNXFile.write(applied, isCompact: true, to: path)
                case .safetensors: try TensorFile.write(applied, to: path)
                case .c: try CSource.write(applied, card: card, to: path)
                case .pare: try PareFile.write(applied, codings: codings, card: card, to: path)
                }
        } catch {
            // What is not right does not stay.
            if error.isInternal, OutputFile.isFile(path) { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
        report.cameByteCount = applied.cameByteCount
        report.negativeZeroCount = negativeZeros
        report.notKept = applied.layers.map(\.summary).filter(\.losesGivenCodes).map { "\($0.name) (\($0.stored.name))" }
        // What is read only to compare it is no input.
        ReadFiles.forget(path: path)
        return report
    }

    /// Throws where a parameter of `network` is not in `found` with the same bits; returns how many values were compared.
    static func compare(
        _ network: Network, with found: [String: Tensor], path: String
    ) throws(ExportError) -> Int {
        let expanded = network.expandedNames
        for parameter in network.parameters.values {
            // What a file computes is of its constants as they are written, of which none is −0.
            let isComputed = expanded.contains(parameter.name)
            let (own, other) = (parameter.values, found[parameter.name])
            guard let other, hasSameBits(isComputed ? own.withoutNegativeZeros : own, isComputed ? other.withoutNegativeZeros : other)
            else {
                throw .notSame(path: path, parameter: parameter.name)
            }
        }
        return network.parameterCount
    }

    /// Whether shape and float32 values are the same, −0 and +0 told apart.
    static func hasSameBits(_ a: Tensor, _ b: Tensor) -> Bool {
        guard a.shape == b.shape else { return false }
        return a.withFloats { a in
            b.withFloats { b in UnsafeRawBufferPointer(a).elementsEqual(UnsafeRawBufferPointer(b)) }
        }
    }
}
