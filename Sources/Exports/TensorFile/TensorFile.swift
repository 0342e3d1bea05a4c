import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

/// safetensors: every parameter as it is evaluated, and the plan as YAML in the metadata under `plan`.
///
/// A network with a graph is written as float32. Weights without a graph keep the type that they came in, where it holds their values; in GGUF's
/// blocks, which safetensors does not have, they are float32.
enum TensorFile {
    static func write(_ applied: Applied, to path: String) throws(ExportError) -> ExportReport {
        let plan: String
        do { plan = try PlanFile.text(of: applied.plan) } catch { throw .plan(error) }
        let network = applied.floatGraph
        let tensors = network.parameters.values.reduce(into: [String: Tensor]()) { tensors, parameter in
            tensors[parameter.name] = stored(parameter, of: applied)
        }
        let metadata = ["plan": plan, "network": network.name, "producer": "pare"]
        let file = Safetensors(tensors, metadata: metadata)
        do {
            try file.write(to: path, from: applied.base.maps)
            return try verified(applied, plan: plan, path: path, data: file.data)
        } catch let error as FormatError {
            throw .format(error)
        } catch let error as ExportError {
            throw error
        } catch {
            throw .notSame(path: path, parameter: "the file")
        }
    }

    private static func stored(_ parameter: Parameter, of applied: Applied) -> Tensor {
        if applied.base.isWeightsOnly {
            let type = applied.storedType(of: parameter.name) ?? parameter.values.elementType
            if let kept = parameter.values.stored(as: type) { return kept }
        }
        return Tensor(shape: parameter.shape) { values in parameter.values.withFloats { _ = values.update(from: $0) } }
    }

    private static func verified(_ applied: Applied, plan: String, path: String, data: Data) throws -> ExportReport {
        let back = try OutputFile.isFile(path) ? Safetensors(path: path) : Safetensors(data: data, path: path)
        let found = Dictionary(uniqueKeysWithValues: back.tensors.map { ($0.key, $0.value) })
        let count = try NetworkExport.compare(applied.floatGraph, with: found, path: path)
        guard let text = back.metadata["plan"], try PlanFile.plan(from: text) == PlanFile.plan(from: plan) else {
            throw ExportError.notSame(path: path, parameter: "the plan")
        }
        return ExportReport(
            format: .safetensors, files: [ExportReport.File(path: path, byteCount: data.count)],
            originalByteCount: applied.opened.float32, verifiedCount: count,
            gzipByteCount: applied.hasZerosOrFewValues ? GzipSize.byteCount(of: data) : nil)
    }
}

extension Tensor {
    /// The same values in another type; nil where it can't hold them, or safetensors does not have it. Cost: O(n).
    fileprivate func stored(as type: ElementType) -> Tensor? {
        if type == elementType { return type.blockCount == 1 ? self : nil }
        guard elementType == .float32 else { return nil }
        return switch type {
        case .float16: narrowed(type) { Float(half: $0.halfBits) == $0 ? $0.halfBits : nil }
        case .bfloat16: narrowed(type) { $0.bitPattern & 0xFFFF == 0 ? UInt16($0.bitPattern >> 16) : nil }
        default: nil
        }
    }

    private func narrowed(_ type: ElementType, _ bits: (Float) -> UInt16?) -> Tensor? {
        var fits = true
        let storage = TensorStorage(byteCount: 2 * count) { memory in
            let target = memory.bindMemory(to: UInt16.self)
            withFloats { floats in
                for (index, value) in floats.enumerated() {
                    guard let bits = bits(value) else { return fits = false }
                    target[index] = bits.littleEndian
                }
            }
        }
        return fits ? Tensor(shape: shape, elementType: type, storage: storage) : nil
    }
}
