import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// One of the test cases that the ONNX standard has for its operators: a small graph, what it reads and what it must give.
struct OperatorCase {
    struct About: Decodable {
        var operators: [String]
        var opset: Int
        var kind: String
        /// Why its values could not be kept.
        var leftOut: String?

        enum CodingKeys: String, CodingKey {
            case operators, opset, kind
            case leftOut = "left out"
        }
    }

    enum Outcome: Equatable {
        case passed
        /// Pare says that it can't run it.
        case refused(String)
        /// It gives something else, or fails.
        case wrong(String)
    }

    var name: String
    var about: About
    var model: Tensor
    var inputs: [(name: String, value: Tensor)] = []
    var outputs: [(name: String, value: Tensor)] = []

    /// The cases in a file that `Scripts/make-operator-cases.py` made, by name.
    static func all(in path: String) throws -> [OperatorCase] {
        let file = try Safetensors(path: path)
        var parts: [String: [(key: [Substring], tensor: Tensor)]] = [:]
        for (name, tensor) in file.tensors {
            let key = name.split(separator: "/", maxSplits: 3)
            parts[String(key[0]), default: []].append((key, tensor))
        }
        return try file.metadata.sorted { $0.key < $1.key }.compactMap { name, text in
            let about = try JSONDecoder().decode(About.self, from: Data(text.utf8))
            guard let own = parts[name], let model = own.first(where: { $0.key[1] == "model" })?.tensor else { return nil }
            var result = OperatorCase(name: name, about: about, model: model)
            for (key, tensor) in own.filter({ $0.key.count == 4 }).sorted(by: { Int($0.key[2]) ?? 0 < Int($1.key[2]) ?? 0 }) {
                if key[1] == "in" {
                    result.inputs.append((String(key[3]), tensor))
                } else {
                    result.outputs.append((String(key[3]), tensor))
                }
            }
            return result
        }
    }
}

extension OperatorCase {
    /// Runs it by the fast kernels and by the reference, or compares what was folded. Its first input of float32 is the network's input, what else
    /// it reads are constants, for that is what Pare's networks have.
    func outcome() -> (Outcome, isTrainable: Bool) {
        if let reason = about.leftOut { return (.refused(reason), false) }
        let open = inputs.first { $0.value.elementType == .float32 && $0.value.shape.rank > 0 && $0.value.count > 0 }
        do {
            let values = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.value) })
            let data = Data(model.bytes)
            let graph = try NetworkReader.whole(data, file: name, values: values, input: open?.name)
            if let reason = graph.refusal { return (.refused(reason), false) }
            let shapes = graph.network.flatMap { try? $0.shapes(batch: open?.value.shape[0] ?? 1) } ?? [:]
            let isTrainable = graph.network?.passesGradients(shapes) ?? false
            let made = Set(graph.constants.keys).union(graph.network?.nodes.flatMap(\.outputs) ?? [])
            // Masks, indices and statistics beside the result are not made.
            for (place, output) in outputs.enumerated() where place == 0 || made.contains(output.name) {
                guard let failure = try failure(of: output, in: graph, open?.value) else { continue }
                return (.wrong(failure), isTrainable)
            }
            return (.passed, isTrainable)
        } catch let error as FormatError {
            return (
                error.kind == .limit ? .refused(error.expected) : .wrong("\(error.reading): \(error.expected), not \(error.actual)"), false
            )
        } catch KernelError.unsupported(_, let operation, let reason) {
            return (.refused("\(operation): \(reason)"), false)
        } catch {
            return (.wrong("\(error)"), false)
        }
    }

    private func failure(of output: (name: String, value: Tensor), in graph: NetworkReader.WholeGraph, _ input: Tensor?) throws -> String? {
        if let constant = graph.constants[output.name] {
            guard constant.shape == output.value.shape else { return "[\(constant.shape)] instead of [\(output.value.shape)]" }
            return Self.difference(constant.numbers, output.value.numbers)
        }
        guard var network = graph.network, let input else { return "\(output.name) is not made" }
        network.output = output.name
        let shape = try network.shapes(batch: input.shape[0])[output.name] ?? []
        guard shape == output.value.shape else { return "[\(shape)] instead of [\(output.value.shape)]" }
        network.keepSoftmax(shape)
        for executor in [
            try ReferenceExecutor(network: network, batchSize: input.shape[0]) as any NetworkExecutor,
            try OneDNNExecutor(network: network, batchSize: input.shape[0]),
        ] {
            let values = try logits(executor, input.floats)
            if let difference = Self.difference(values.map(Double.init), output.value.numbers) {
                return "\(type(of: executor)): \(difference)"
            }
        }
        return nil
    }

    /// The standard's own tolerance, 10⁻³ of the value; sums in another order may differ by 10⁻⁶.
    private static func difference(_ actual: [Double], _ expected: [Double]) -> String? {
        guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
        for (index, (a, b)) in zip(actual, expected).enumerated() where a != b && !(a.isNaN && b.isNaN) {
            guard !(abs(a - b) <= 1e-3 * abs(b) + 1e-6) else { continue }
            return "\(a) instead of \(b) at \(index)"
        }
        return nil
    }
}

extension Network {
    /// A Softmax at the end is left out by the executors, for logits are wanted; with something behind it it is not.
    fileprivate mutating func keepSoftmax(_ shape: Shape) {
        nodes.append(
            Node(
                name: "kept", operation: .transpose(permutation: Array(shape.dimensions.indices)), inputs: [output], outputs: ["kept"]))
        if shape.rank > 0 { output = "kept" }
    }
}
