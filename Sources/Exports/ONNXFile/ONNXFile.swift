import Compression
import Files
import Formats
import Foundation
import Networks
import Tensors

/// ONNX files of compressed networks.
enum ONNXFile {
    static func write(_ applied: Applied, isCompact: Bool, to path: String) throws(ExportError) -> ExportReport {
        let network = applied.inStandardOperators
        let compact = isCompact ? applied.compactValues : applied.halfValues
        let data: Data
        let back: Network
        do throws(FormatError) {
            data = try NetworkWriter.data(of: network, compact: compact, file: path)
            try FileWriter.write([data], to: path, from: applied.base.maps)
            let (inputs, example) = (network.givenInputs, network.kept.choices.isEmpty ? nil : network.inputShape)
            back =
                try OutputFile.isFile(path)
                ? NetworkReader.read(path, example: example, inputs: inputs)
                : NetworkReader.read(data, path: path, example: example, inputs: inputs)
        } catch {
            throw .format(error)
        }
        guard back.measuring(as: network).hasNodes(of: network) else { throw .notSame(path: path, parameter: "the graph") }
        let count = try NetworkExport.compare(
            network, with: back.parameters.elements.reduce(into: [:]) { $0[$1.key] = $1.value.values }, path: path)
        let isLarge = !isCompact && applied.hasZerosOrFewValues
        return ExportReport(
            format: isCompact ? .quantizedONNX : .onnx, files: [ExportReport.File(path: path, byteCount: data.count)],
            originalByteCount: applied.opened.float32, verifiedCount: count, forms: isCompact ? forms(applied.layers, compact) : [],
            gzipByteCount: isLarge ? GzipSize.byteCount(of: data) : nil)
    }

    private static func forms(_ layers: [CompressedLayer], _ compact: [String: CompactValues]) -> [String] {
        layers.flatMap { layer -> [String] in
            func form(_ parameter: String) -> String { compact[parameter]?.form ?? "float32" }
            let parameters = layer.weightParameters
            if parameters == [layer.layer.weight] { return ["\(layer.layer.name) \(form(layer.layer.weight))"] }
            return parameters.map { "\($0) \(form($0))" }
        }
    }
}

extension Network {
    /// Whether the same is computed of the same inputs and parameters: nodes and the values between them may have other names (an operator that is several
    /// nodes here has one in a file) and another order. Cost: O(nodes).
    func hasNodes(of other: Network) -> Bool {
        if nodes == other.nodes { return true }
        // What isn't run may have another form in the operator set that was written.
        let isRaised = kept.versions[""] != other.kept.versions[""] && !other.unsupportedNodes.isEmpty
        guard isRaised || nodes.count == other.nodes.count, outputs.count == other.outputs.count else { return false }
        let (own, others) = (index, other.index)
        var known: [String: String] = [:]
        var waiting = Array(zip(outputs.map(\.name), other.outputs.map(\.name)))
        while let (value, counterpart) = waiting.popLast() {
            if let found = known[value] {
                guard found == counterpart else { return false }
                continue
            }
            known[value] = counterpart
            guard let maker = own.maker(of: value).map({ nodes[$0] }), let twin = others.maker(of: counterpart).map({ other.nodes[$0] })
            else {
                guard value == counterpart, own.maker(of: value) == nil, others.maker(of: counterpart) == nil else { return false }
                continue
            }
            if isRaised, !twin.isSupported {
                if case (.unsupported(let one), .unsupported(let two)) = (maker.operation, twin.operation), one.name == two.name {
                    waiting += zip(maker.inputs, twin.inputs)
                }
                continue
            }
            guard maker.operation == twin.operation, maker.inputs.count == twin.inputs.count,
                maker.outputs.firstIndex(of: value) == twin.outputs.firstIndex(of: counterpart)
            else { return false }
            waiting += zip(maker.inputs, twin.inputs)
        }
        return true
    }
}

extension Applied {
    /// Weights that came as floats of 16 bits and still are such numbers, though a plan made them anew.
    fileprivate var halfValues: [String: CompactValues] {
        var halves: [String: CompactValues] = [:]
        for parameter in base.parameters.values where parameter.values.elementType.isHalf {
            guard network.parameters[parameter.name]?.values.elementType == .float32, let held = stored(parameter.name),
                case .floats = held.values
            else { continue }
            halves[parameter.name] = CompactValues(held)
        }
        return halves
    }

    /// What is written instead of floats: of weights what they are held as, of biases the integers that they came as.
    fileprivate var compactValues: [String: CompactValues] {
        var compact = stored.compactMapValues(CompactValues.init)
        for layer in base.layers {
            guard let name = layer.bias, let bias = network.parameters[name]?.values, let origin = base.parameters[name]?.origin else {
                continue
            }
            compact[name] = CompactValues(bias: bias, origin: origin)
        }
        return compact
    }
}

extension CompactValues {
    /// The form in words.
    var form: String {
        switch self {
        case .scaled(let codes, let scales, _, _):
            "\(codes.container.rawValue)\(scales.count > 1 ? ", a scale a channel" : "")"
        case .blocks(let codes, _, _, let block): "\(codes.container.rawValue), a scale for \(block) neighbours"
        case .looked(let codes, let table): "\(codes.container.rawValue) of \(table.count) values"
        case .half(_, let isBrainFloat): isBrainFloat ? "bfloat16" : "float16"
        }
    }
}
