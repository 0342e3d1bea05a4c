/// What a network breaks of the rules that all who read one rely on, and where.
public enum NetworkFault: Error, Hashable, Sendable {
    /// Two nodes have this name.
    case nodeName(String)
    /// Two inputs of the network have this name.
    case inputName(String)
    /// A node makes a value whose name an input, a parameter or another node's value has.
    case valueName(String, node: String)
    /// A parameter stands under another name than its own, or under that of an input.
    case parameterName(String, under: String)
    /// A node reads a value that is no input or parameter and that no node before it makes.
    case unknownValue(String, node: String)
    /// A node reads fewer or more tensors than its operation computes with.
    case inputCount(Int, node: String, allowed: ClosedRange<Int>)
    /// An input that the operation can't do without is left out; counted from 0.
    case missingInput(Int, node: String)
    /// A node that can be run makes one value.
    case outputCount(Int, node: String)
    /// Nothing makes this output of the network.
    case output(String)
    /// No node reads this parameter, which has the role of one that is read.
    case unreadParameter(String)
    /// A parameter has a role that none of its readers gives it, or is no weight where one reads weights.
    case role(Parameter.Role, parameter: String, uses: Set<Parameter.Role>)
    /// A normalization is said to be taken into what is no weight.
    case folded(String)
    /// Inputs that do not fit their operation.
    case shape(ShapeError)
}

extension NetworkFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nodeName(let name): return "two nodes are called '\(name)'"
        case .inputName(let name): return "two inputs are called '\(name)'"
        case .valueName(let name, let node): return "node '\(node)' makes '\(name)', a name that is taken"
        case .parameterName(let name, let place): return "the parameter '\(name)' stands under '\(place)'"
        case .unknownValue(let name, let node): return "node '\(node)' reads '\(name)', which nothing before it makes"
        case .inputCount(let count, let node, let allowed):
            let most = allowed.upperBound == .max ? "more" : "\(allowed.upperBound)"
            return "node '\(node)' has \(count) inputs instead of \(allowed.lowerBound) to \(most)"
        case .missingInput(let position, let node): return "node '\(node)' lacks its input \(position)"
        case .outputCount(let count, let node): return "node '\(node)' makes \(count) values instead of one"
        case .output(let name): return "nothing makes the output '\(name)'"
        case .unreadParameter(let name): return "no node reads the parameter '\(name)'"
        case .role(let role, let parameter, let uses):
            return "the parameter '\(parameter)' is '\(role)' but is read as \(uses.map { "'\($0)'" }.sorted().joined(separator: ", "))"
        case .folded(let name): return "'\(name)' is no weight that a normalization was taken into"
        case .shape(let error):
            return "node '\(error.node)' (\(error.operation)) needs \(error.expected) and has \(error.actual)"
        }
    }
}
