import Compression
import Networks

/// What layers are made by beside their weights: what they hand on, and what they read.
extension PlanMaker {
    func gather() {
        if !gatherOutputs() { gatherInputs() }
    }

    /// A piece of work towards the inputs that layers are fitted to; where they can't be had, nothing is made.
    private func gatherInputs() {
        let needed = order.filter { needsInputs($0) && !(resolved?[$0.weight].followsOthers ?? false) }
        if !gather(needed) { phase = .compress(0) }
    }

    /// A piece of work towards the inputs of these layers; false where there is nothing to do.
    private func gather(_ needed: [Layer]) -> Bool {
        guard !needed.isEmpty else { return false }
        for layer in needed where !isValid(layer) { return true }
        let traced = Set(needed.map(\.weight).filter { resolved?[$0].removesByLoss ?? false })
        do throws(InputCalibration.Failure) {
            let data = try worker.materials.inputExamples()
            guard let open = try base.inputs.advance(needed, traced: traced, data: data, isCancelled: isCancelled) else { return false }
            worker.mailbox.post(.gathering(layers: open.done, of: open.count, generation: generation))
        } catch {
            failInputs("\(error). Take 'fit: nearest' to do without.")
        }
        return true
    }

    /// A piece of work towards what a layer reads behind those that are made; false where there is nothing to do.
    ///
    /// Behind layers that nothing changed that is what it reads in the base; and which weights are best removed is always found there.
    func follow(_ layer: Layer, _ plan: LayerPlan) -> Bool {
        guard needsInputs(layer) else { return false }
        guard isValid(layer) else { return true }
        let before = versionsBefore(layer)
        if !isBehindChanges(layer) || plan.removesByLoss, gather([layer]) { return true }
        guard isBehindChanges(layer), resolved != nil else { return false }
        do throws(InputCalibration.Failure) {
            let data = try worker.materials.inputExamples()
            return try base.following.advance(layer, behind: before, { applied(GraphEdits(), asProducts: true).network }, data: data)
        } catch {
            failInputs("\(error). Take 'fit: compensated' or 'fit: nearest' to do without.")
            return true
        }
    }

    /// Whether a layer can be fitted; where it can't, nothing is made.
    private func isValid(_ layer: Layer) -> Bool {
        do { try resolved?[layer.weight].validate(for: layer) } catch {
            failInputs("\(error).")
            return false
        }
        return true
    }

    func versionsBefore(_ layer: Layer) -> [UInt64] {
        let place = base.place(of: layer.weight) ?? 0
        return zip(base.layers, base.versions.layers).prefix(place).map { versions[$0.weight] ?? $1 }
    }

    private func isBehindChanges(_ layer: Layer) -> Bool {
        let before = versionsBefore(layer)
        return before != Array(base.versions.layers.prefix(before.count))
    }

    /// What a layer is fitted to.
    func inputs(of layer: Layer, _ plan: LayerPlan) -> InputMoments? {
        plan.followsOthers && isBehindChanges(layer)
            ? base.following.moments(of: layer.weight, behind: versionsBefore(layer)) : base.inputs.moments(of: layer.weight)
    }

    private func failInputs(_ reason: String) {
        worker.fail(.plan(reason), generation: generation)
        resolved = nil
        phase = .end
    }

    /// Whether what a layer reads is needed to make it: it was not made before, nor left by a training.
    func needsInputs(_ layer: Layer) -> Bool {
        guard let plan = resolved?[layer.weight], plan.readsInputs, base.kept(layer, plan: plan, isTraining: worker.isTraining) == nil
        else { return false }
        return known(layer, recipe(layer, plan)) == nil
    }

    /// A piece of work towards the outputs that factors are nearest to; where they can't be had, nothing is made.
    ///
    /// - Returns: Whether there was something to do.
    private func gatherOutputs() -> Bool {
        let needed = order.filter { needsOutputs($0) }.map(\.weight)
        guard !needed.isEmpty else { return false }
        do throws(OutputCalibration.Failure) {
            let data = try worker.materials.outputExamples()
            guard let open = try base.outputs.advance(needed, data: data, isCancelled: isCancelled) else { return false }
            worker.mailbox.post(.gathering(layers: open.done, of: open.count, generation: generation))
        } catch {
            let reason = "\(error)"
            let stop = reason.hasSuffix(".") ? "" : "."
            worker.fail(.plan("\(reason)\(stop) Give a layer's factors weighting plain to do without."), generation: generation)
            resolved = nil
            phase = .end
        }
        return true
    }

    /// Whether the outputs of a layer are needed to make it: it was not made before, nor left by a training.
    private func needsOutputs(_ layer: Layer) -> Bool {
        guard let plan = resolved?[layer.weight], plan.readsOutputs, layer.isFactorable,
            base.kept(layer, plan: plan, isTraining: worker.isTraining) == nil
        else { return false }
        return known(layer, recipe(layer, plan)) == nil
    }
}
