import Networks

/// What the weights of a layer are rounded and pruned by.
public enum WeightFit: String, Codable, Hashable, Sendable, CaseIterable {
    /// Each weight alone: the nearest value that it may have.
    case nearest
    /// What the layer hands on for training examples: what one weight loses the others make good (GPTQ; Frantar and others 2023).
    case compensated
    /// The same for what the layer would hand on in the original, of what it reads behind the layers before it as the plan makes them.
    case sequential
}

/// Which weights of a compensated layer are pruned.
public enum MaskChoice: String, Codable, Hashable, Sendable, CaseIterable {
    /// Those with the smallest |w|.
    case magnitude
    /// One after another the weight whose loss the others make good best (ExactOBS; Frantar, Singh and Alistarh 2022); as many as by magnitude.
    case obs
}

extension LayerPlan {
    /// ``fit``, with nil for ``WeightFit/nearest``.
    public var fitting: WeightFit {
        get { fit ?? .nearest }
        set { fit = newValue == .nearest ? nil : newValue }
    }

    /// ``mask``, with nil for ``MaskChoice/magnitude``.
    public var masking: MaskChoice {
        get { mask ?? .magnitude }
        set { mask = newValue == .magnitude ? nil : newValue }
    }

    /// Whether what the layer reads on training examples must be known before it is made.
    public var readsInputs: Bool { !bypass && fitting != .nearest && !weights.isProduct }

    /// Whether that depends on the layers before it.
    public var followsOthers: Bool { readsInputs && fit == .sequential }

    /// Whether its mask is found by what removing weights loses.
    public var removesByLoss: Bool { readsInputs && mask == .obs && prunes && pattern == nil }

    /// Why a layer can't be fitted to what it reads; nil where it can.
    func fitObstacle(in layer: Layer) -> String? {
        if layer.node == nil { return "what a layer reads is known of networks with a graph only" }
        if layer.isRecurrent { return "weights of recurrent layers are not fitted to what they read; take 'fit: nearest'" }
        let bytes = InputMoments.byteCount(of: layer)
        guard bytes > InputMoments.byteLimit else { return nil }
        return "the second moments of its \(InputMoments.size(of: layer)) inputs would take \(bytes >> 20) MiB, more than "
            + "\(InputMoments.byteLimit >> 20) MiB; take 'fit: nearest'"
    }

    /// The same without what needs examples: what is shown first.
    public var withoutFit: LayerPlan {
        var plan = self
        (plan.fit, plan.mask) = (nil, nil)
        return plan
    }
}

extension CompressionPlan {
    /// Whether what layers read on training examples must be gathered for it.
    public var readsInputs: Bool { layers.contains { $0.plan.readsInputs } }

    /// Whether a layer depends on those before it.
    public var followsOthers: Bool { layers.contains { $0.plan.followsOthers } }
}
