extension Placement {
    /// Whether ``gradients(_:_:)`` are its own: not where updates are multiplied or compared with what they meet, and not of places.
    public var hasGradient: Bool {
        switch self {
        case .takenElements, .takenTuples, .runningSum: true
        case .best(_, _, _, let givesPlaces): !givesPlaces
        case .putElements(_, let combination), .putTuples(let combination): combination == .replace || combination == .add
        }
    }

    /// ∂loss/∂x, and ∂loss/∂updates where there are any, of ∂loss/∂result; numbers have none. Of updates of one element the last has its gradient.
    public func gradients(_ inputs: [PlacedTensor], _ gradient: PlacedTensor) -> (x: [Double], updates: [Double]?) {
        switch self {
        case .takenElements, .takenTuples, .best:
            var result = [Double](repeating: 0, count: inputs[0].values.count)
            for (place, source) in sources(inputs, to: gradient.shape).enumerated() where source >= 0 {
                result[source] += gradient.values[place]
            }
            return (result, nil)
        case .runningSum(let axis, let isExclusive, let isReversed):
            return (Self.runningSums(gradient, axis, isExclusive: isExclusive, isReversed: !isReversed), nil)
        case .putElements(_, let combination), .putTuples(let combination):
            let targets = targets(inputs[0].shape, inputs[1])
            var (result, updates) = (gradient.values, [Double](repeating: 0, count: inputs[2].values.count))
            for (update, target) in targets.enumerated().reversed() where target >= 0 {
                updates[update] = combination == .add ? gradient.values[target] : result[target]
                if combination == .replace { result[target] = 0 }
            }
            return (result, updates)
        }
    }
}
