import Compression
import Networks

/// What was removed from a network as a Python file for Torch-Pruning (Fang and others, 2023), which repeats it on a PyTorch model of the same module names.
///
/// A module is what stands before `.weight`, `.bias`, `.running_mean` or `.running_var` in a parameter's name. Each module loses indices of its outputs or of its
/// inputs by the library's own function; how many there were is checked first.
public struct TorchPruningScript: Sendable {
    /// Why the removal can't be said so.
    public enum Obstacle: Error, Hashable, Sendable, CustomStringConvertible {
        /// No module of PyTorch has such a parameter, or none that the library prunes.
        case unnamed(parameter: String)
        /// Blocks of a convolution in groups lose other indices each.
        case blocks(parameter: String)
        /// There was nothing to remove.
        case empty

        public var description: String {
            switch self {
            case .unnamed(let parameter):
                "'\(parameter)' is no weight, bias or statistic of a convolution, linear layer or normalization named as a module's. PyTorch's exporters take "
                    + "normalizations into layers and lose their names; torch.onnx.export(…, dynamo=False, training=TrainingMode.PRESERVE, "
                    + "do_constant_folding=False) keeps them. --removed writes the indices of any file"
            case .blocks(let parameter):
                "the groups of '\(parameter)' lose other inputs each, which Torch-Pruning has no function for; --removed writes the indices"
            case .empty: "nothing was removed"
            }
        }
    }

    /// One call of the library.
    struct Step: Hashable {
        var module: String
        var kind: String
        var isOutput: Bool
        var extent: Int
        var indices: [Int]
    }

    let steps: [Step]
    private let name: String

    /// - Parameters:
    ///   - removed: In the order in which it went, each with the indices of the network before it.
    ///   - network: Before the first.
    public init(_ removed: [RemovedFilters], of network: Network) throws(Obstacle) {
        var (steps, extents) = ([Step](), [Step: Int]())
        for group in removed {
            var own: [Step] = []
            for member in group.groups.flatMap(\.members) {
                let found = try Self.step(member, in: network)
                if let place = own.firstIndex(where: { Self.key($0) == Self.key(found) }) {
                    own[place].indices = Set(own[place].indices).union(found.indices).sorted()
                } else {
                    own.append(found)
                }
            }
            for var step in own {
                step.extent = extents[Self.key(step)] ?? step.extent
                extents[Self.key(step)] = step.extent - step.indices.count
                steps.append(step)
            }
        }
        guard !steps.isEmpty else { throw .empty }
        (self.steps, name) = (steps, network.name)
    }

    /// The module and its side.
    private static func key(_ step: Step) -> Step {
        Step(module: step.module, kind: step.kind, isOutput: step.isOutput, extent: 0, indices: [])
    }

    /// What the library calls the loss of a member.
    private static func step(_ member: RemovedFilters.Member, in network: Network) throws(Obstacle) -> Step {
        let owner = member.parameter.split(separator: ".").dropLast().joined(separator: ".")
        let last = member.parameter.split(separator: ".").last ?? ""
        guard !owner.isEmpty, ["weight", "bias", "running_mean", "running_var"].contains(String(last)),
            let place = network.index.readers(of: member.parameter).first,
            let extent = network.parameters[member.parameter]?.shape[member.axis]
        else { throw .unnamed(parameter: member.parameter) }
        let node = network.nodes[place]
        guard let kind = node.moduleKind(network) else { throw .unnamed(parameter: member.parameter) }
        if member.blocks != nil { throw .blocks(parameter: member.parameter) }
        var isOutput = true
        if last == "weight", kind == "conv" || kind == "linear" {
            guard let layer = network.layer(of: member.parameter) else { throw .unnamed(parameter: member.parameter) }
            isOutput = member.axis == layer.outputAxis
        }
        return Step(module: owner, kind: kind, isOutput: isOutput, extent: extent, indices: member.indices)
    }

    private static let imports = "import torch_pruning as tp"

    /// The file.
    public var text: String {
        """
        \"\"\"Removes from a PyTorch model the channels that Pare removed from \(name.pythonComment).

        Call prune(model); the model is changed in place. Written for Torch-Pruning 1.x.
        \"\"\"
        \(Self.imports)

        PRUNERS = {
            ("conv", "out"): tp.prune_conv_out_channels,
            ("conv", "in"): tp.prune_conv_in_channels,
            ("depthwise", "out"): tp.prune_depthwise_conv_out_channels,
            ("linear", "out"): tp.prune_linear_out_channels,
            ("linear", "in"): tp.prune_linear_in_channels,
            ("batchnorm", "out"): tp.prune_batchnorm_out_channels,
            ("layernorm", "out"): tp.prune_layernorm_out_channels,
            ("groupnorm", "out"): tp.prune_groupnorm_out_channels,
        }

        # Module, kind, side, how many there are before, indices that go; in this order.
        STEPS = [
        \(steps.map(\.line).joined(separator: "\n"))
        ]


        def width(module, side):
            names = ("out_channels", "out_features", "num_features", "num_channels")
            if side == "in":
                names = ("in_channels", "in_features")
            for name in names:
                if hasattr(module, name):
                    return getattr(module, name)
            return module.weight.shape[0]


        def prune(model):
            for name, kind, side, count, indices in STEPS:
                module = model.get_submodule(name)
                found = width(module, side)
                if found != count:
                    raise ValueError(f"{name} has {found} channels ({side}), {count} were expected")
                PRUNERS[kind, side](module, indices)
            return model

        """
    }
}

extension TorchPruningScript.Step {
    fileprivate var line: String {
        let side = isOutput ? "out" : "in"
        return
            "    (\"\(module.pythonString)\", \"\(kind)\", \"\(side)\", \(extent), [\(indices.map(String.init).joined(separator: ", "))]),"
    }
}

extension String {
    /// What may stand between quotes.
    fileprivate var pythonString: String {
        unicodeScalars.map { scalar in
            switch scalar {
            case "\\", "\"": "\\\(scalar)"
            case _ where scalar.value < 32 || scalar.value == 127: "?"
            default: String(scalar)
            }
        }.joined()
    }

    /// What may stand in a comment between three quotes.
    fileprivate var pythonComment: String { pythonString.replacing("\\", with: "/").replacing("\"", with: "'") }
}

extension Node {
    /// What a module of PyTorch is that becomes such a node.
    fileprivate func moduleKind(_ network: Network) -> String? {
        switch operation {
        case .convolution(let settings):
            let isDepthwise = settings.groups > 1 && network.parameters[inputs[1]]?.shape.dimensions.dropFirst().first == 1
            return isDepthwise ? "depthwise" : "conv"
        case .gemm, .matrixMultiplication: return "linear"
        case .add: return "linear"
        case .batchNormalization: return "batchnorm"
        case .layerNormalization: return "layernorm"
        case .groupNormalization: return "groupnorm"
        default: return nil
        }
    }
}
