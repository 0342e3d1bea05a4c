/// What a member of a group is to a node that has it as a parameter: who makes its channels and who reads them.
public struct ChannelUse: Hashable, Sendable {
    public enum Part: String, Hashable, Sendable {
        /// An axis of filters or units that make the channels.
        case maker
        /// An axis of inputs: a product sums over the channels.
        case reader
        /// Filters of a depthwise convolution, which hand on the channels that they read.
        case depthwise
        /// A number for each channel that is added, the shift of a normalization too.
        case shift
        /// A number for each channel that multiplies, the scale of a normalization too.
        case scale
        /// Mean or variance of a normalization.
        case statistic
        /// Any other number for each channel.
        case other
    }

    /// The place of the member in its group.
    public var member: Int
    /// The place of the node.
    public var node: Int
    public var part: Part

    /// Whether zeros there make the channel zero.
    public var isMasked: Bool { [.maker, .depthwise, .shift, .scale].contains(part) }
}

extension Network {
    /// Who has the members of a group as parameters, by member and place of the node. Cost: O(members + their readers).
    public func uses(of group: ChannelGroups.Group) -> [ChannelUse] {
        group.members.enumerated().flatMap { place, member in
            index.readers(of: member.parameter).flatMap { node in
                nodes[node].inputs.indices.filter { nodes[node].inputs[$0] == member.parameter }.map { input in
                    ChannelUse(member: place, node: node, part: nodes[node].part(ofInput: input, axis: member.axis, self))
                }
            }
        }
    }

    /// The layers whose filters or units make the channels of a group, in the order of its members. Cost: as ``uses(of:)``.
    public func makers(of group: ChannelGroups.Group) -> [Layer] {
        uses(of: group).filter { $0.part == .maker }.compactMap { layer(of: group.members[$0.member].parameter) }.reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }
}

extension Node {
    /// What an axis of an input is to the channels that lie along it.
    fileprivate func part(ofInput input: Int, axis: Int, _ network: Network) -> ChannelUse.Part {
        let rank = network.parameters[inputs[input]]?.shape.rank ?? 0
        switch operation {
        case .convolution(let settings):
            if input == 2 { return .shift }
            if axis == 1 { return .reader }
            let isDepthwise = settings.groups > 1 && network.parameters[inputs[1]]?.shape.dimensions.dropFirst().first == 1
            return isDepthwise ? .depthwise : .maker
        case .transposedConvolution: return input == 2 ? .shift : axis == 0 ? .reader : .maker
        case .gemm(let gemm):
            if input == 2 { return .shift }
            return axis == (gemm.transposeB ? 0 : 1) ? .maker : .reader
        case .matrixMultiplication:
            let sums = input == 0 ? rank - 1 : rank - 2
            return axis == sums ? .reader : axis >= rank - 2 ? .maker : .other
        case .batchNormalization: return input == 1 ? .scale : input == 2 ? .shift : .statistic
        case .layerNormalization, .instanceNormalization, .groupNormalization: return input == 1 ? .scale : .shift
        case .binary(.add), .binary(.subtract), .variadic(.sum), .variadic(.mean): return .shift
        case .binary(.multiply): return .scale
        default: return .other
        }
    }
}
