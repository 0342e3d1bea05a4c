import Formats

/// Why a network can't be exported.
public enum ExportError: Error, Hashable, Sendable {
    /// The file can't be written or read again, or the format has no such operator.
    case format(FormatError)
    /// The plan does not fit into the file.
    case plan(PlanFileError)
    /// The format needs a graph, and the file has weights only.
    case noGraph(ExportFormat)
    /// A plan cuts the activations of a layer, and no training has settled where.
    case unknownClip(layer: String)
    /// The C export has no code for a node: its name, its operator and what of it is missing (nil: all of it).
    case operatorWithoutC(node: String, operation: String, reason: String?)
    /// A value that C source can't hold.
    case notFinite(parameter: String, index: Int)
    /// A way of writing that was chosen and can't hold a parameter's levels.
    case coding(parameter: String, coding: String)
    /// More constants than a microcontroller's source should have.
    case tooLarge(byteCount: Int, limit: Int)
    /// What was written is not what is read again: a fault of Pare's own.
    case notSame(path: String, parameter: String)
    /// The name of a file that must end otherwise, since a second file lies beside it.
    case fileName(path: String, ending: String)
}

extension ExportError: CustomStringConvertible {
    /// What is wrong; what helps.
    public var description: String {
        switch self {
        case .format(let error): error.message
        case .plan(let error): "\(error)"
        case .noGraph(let format): "The file has weights only, and \(format.rawValue) needs a graph. Export it as safetensors or pare."
        case .unknownClip(let layer):
            "The plan has activations at few bits up to a clip (\(layer)), which is part of a file only once it was trained under that plan: "
                + "retrain first (r, or pare compress), or leave out the activations."
        case .operatorWithoutC(let node, let operation, let reason):
            "The C export has no \(operation)\(reason.map { " \($0)" } ?? "") (node '\(node)'). Export it as onnx-qdq, or leave that operator out."
        case .coding(let parameter, let coding): "\(parameter) can't be written by the coding '\(coding)': choose another, or the smallest."
        case .notFinite(let parameter, let index): "\(parameter) is not finite at index \(index): C source can't hold it."
        case .tooLarge(let byteCount, let limit):
            "\(byteCount.grouped) bytes of constants are too much for C source; the limit is \(limit.grouped). Export it as onnx-qdq or pare."
        case .notSame(let path, let parameter):
            "\(path) was written, but \(parameter) is not the same when it is read again: the file was removed; please report it."
        case .fileName(let path, let ending): "\(path) must end in .\(ending): a header is written beside it."
        }
    }

    /// Whether the fault is Pare's own.
    public var isInternal: Bool { if case .notSame = self { true } else { false } }
    /// Whether it is the output that can't be written.
    public var isAboutWriting: Bool { if case .format(let error) = self { error.kind == .unwritable } else { false } }
    /// Whether another name for the output helps.
    public var isAboutName: Bool { if case .format(let error) = self { error.kind == .isRead } else { false } }
}

extension Int {
    /// With commas between thousands: 1,724,320.
    var grouped: String {
        let digits = Array(String(magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
        return (self < 0 ? "−" : "") + groups.reversed().joined(separator: ",")
    }
}
