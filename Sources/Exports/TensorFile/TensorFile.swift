import Formats
import Foundation
import Networks
import Tensors

/// safetensors: every parameter as float32 as it is evaluated, and the plan as YAML in the metadata under `plan`.
enum TensorFile {
    static func write(_ planned: PlannedNetwork, to path: String) throws(ExportError) -> ExportReport {
        let plan: String
        do { plan = try PlanFile.text(of: planned.plan) } catch { throw .plan(error) }
        let tensors = planned.network.parameters.values.reduce(into: [String: Tensor]()) { tensors, parameter in
            tensors[parameter.name] = Tensor(shape: parameter.shape) { values in parameter.values.withFloats { _ = values.update(from: $0) }
            }
        }
        let metadata = ["plan": plan, "network": planned.network.name, "producer": "pare"]
        let file = Safetensors(tensors, metadata: metadata)
        do {
            try file.write(to: path)
            return try verified(planned, plan: plan, path: path, data: file.data)
        } catch let error as FormatError {
            throw .format(error)
        } catch let error as ExportError {
            throw error
        } catch {
            throw .notSame(path: path, parameter: "the file")
        }
    }

    private static func verified(_ planned: PlannedNetwork, plan: String, path: String, data: Data) throws -> ExportReport {
        let back = try Safetensors(path: path)
        let found = Dictionary(uniqueKeysWithValues: back.tensors.map { ($0.key, $0.value) })
        let count = try NetworkExport.compare(planned.network, with: found, path: path)
        guard let text = back.metadata["plan"], try PlanFile.plan(from: text) == PlanFile.plan(from: plan) else {
            throw ExportError.notSame(path: path, parameter: "the plan")
        }
        return ExportReport(
            format: .safetensors, files: [ExportReport.File(path: path, byteCount: data.count)],
            originalByteCount: planned.network.denseByteCount, verifiedCount: count,
            gzipByteCount: planned.hasZerosOrFewValues ? GzipSize.byteCount(of: data) : nil)
    }
}
