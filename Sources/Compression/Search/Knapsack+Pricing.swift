extension Knapsack {
    /// Solves with the least price on the second unit that keeps to its budget, by doubling and bisection of it; of the choices that keep to both the best
    /// by `figure`. Without a second budget, or where it does not bind, one solution is all.
    func pricing(_ second: Double?, _ figure: (Choice) -> Double, _ solve: (Double) -> Choice?) -> Choice? {
        guard var found = solve(0) else { return nil }
        guard let second, found.isMet, found.secondCost > second else { return found }
        var best: Choice?
        func take(_ rate: Double) -> Choice? {
            guard let choice = solve(rate) else { return nil }
            if choice.isMet, choice.secondCost <= second, best.map({ figure(choice) < figure($0) }) ?? true { best = choice }
            return choice
        }
        var (low, high) = (0.0, priceScale)
        for _ in 0..<64 where found.secondCost > second {
            guard let choice = take(high) else { return nil }
            found = choice
            if found.secondCost > second { (low, high) = (high, high * 4) }
        }
        guard found.secondCost <= second else { return choice(found.places, isMet: false) }
        for _ in 0..<24 {
            let middle = (low + high) / 2
            guard let choice = take(middle) else { return nil }
            if choice.secondCost > second { low = middle } else { high = middle }
        }
        return best ?? found
    }

    /// What one unit of the second cost is worth at first: the spread of losses over that of second costs.
    private var priceScale: Double {
        let options = layers.flatMap { layer in layer.allowed.map { layer.options[$0] } }
        let losses = options.map(\.loss)
        let spread = (losses.max() ?? 0) - (losses.min() ?? 0)
        let most = options.map(\.secondCost).max() ?? 0
        return spread > 0 && most > 0 ? spread / most / 16 : 1
    }
}
