import Compression
import Networks

extension EngineWorker {
    /// Whether the layers must be gone through one by one: there is no graph, and sorted they would take more than the budget.
    static func isLarge(_ network: Network, layers: [Layer], options: EngineOptions) -> Bool {
        network.isWeightsOnly && layers.reduce(0) { $0 + 8 * $1.count } > options.weightsBudget
    }

    /// The job that a request needs.
    func planJob(_ request: LiveEngine.Request) -> any LaneJob {
        guard let large else { return PlanJob(request: request, base: bases.base(of: request.base), worker: self) }
        publishKept(large)
        return LargePlanJob(request: request, large: large, worker: self)
    }

    /// Reads a layer that was selected and is not known closely, where no plan is being worked on.
    func followFocus() {
        guard let large, wishes.focus != followed else { return }
        followed = wishes.focus
        guard let followed, place(of: followed) != nil else { return }
        add(LargeReadJob(followed, large: large, worker: self))
    }

    /// Counts the next piece of a layer and publishes what comes of it.
    func read(_ weight: String, in large: LargeLayers, generation: UInt64) {
        do throws(DistributionError) {
            let progress = try large.read(weight)
            guard options.publishesDistributions else { return }
            for (weight, left) in progress.evicted { mailbox.post(.distribution(weight: weight, left)) }
            if let read = progress.read { mailbox.post(.distribution(weight: weight, read)) }
        } catch {
            markUnreadable(weight)
            fail(EngineFailure(error, of: weight), generation: generation)
        }
    }

    /// Hands out what the next opening should find.
    func keepDistributions(of large: LargeLayers) {
        let data = large.keptData()
        if options.publishesDistributions { mailbox.post(.distributionsToKeep(data)) }
    }

    /// Publishes what an earlier opening found, once.
    private func publishKept(_ large: LargeLayers) {
        guard !isKeptPublished, options.publishesDistributions else { return }
        isKeptPublished = true
        for (weight, distribution) in large.all { mailbox.post(.distribution(weight: weight, distribution)) }
    }
}
