/// Groups of weights that have a scale or a codebook of their own, as users of language models expect: finer than an output channel.
public enum WeightGroups {
    /// Weights of a group.
    public static let sizes = [32, 64, 128]
}

extension ChannelLayout {
    /// Groups of `size` neighbours in each channel, as channels of their own.
    ///
    /// A channel whose weights are no multiple of the size is one group, and so is one that is a column ([in, out]).
    func grouped(by size: Int?) -> ChannelLayout {
        guard let size, !isTransposed, size > 0, length.isMultiple(of: size), length > size else { return self }
        return ChannelLayout(channels: channels * (length / size), length: size)
    }
}

extension WeightSharing {
    /// The channels or groups that have a codebook each.
    func cells(_ layout: ChannelLayout) -> ChannelLayout {
        if case .group(let size) = span { layout.grouped(by: size) } else { layout }
    }
}

extension LinearQuantization {
    /// Whether there is more than one scale in a layer.
    public var hasManyScales: Bool { isPerChannel || group != nil }

    /// The channels or groups that have a scale each.
    func cells(_ layout: ChannelLayout) -> ChannelLayout { layout.grouped(by: group) }
}
