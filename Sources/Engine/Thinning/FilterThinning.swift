import Compression
import Kernels
import Networks
import Tensors

/// Removes channels from a network in one or several steps: measures what is important, takes the least away, repairs what reads the rest, and again.
///
/// After each step the network is held against the one that it began with, and importance is measured anew on what the repair made. Amounts are
/// reached in even parts; shares are rounded in the last step. Owned by the lane. Cost: that of the criterion and of a ``NetworkRepair`` a step.
public final class FilterThinning {
    public struct Options: Hashable, Sendable {
        public var steps = 1
        /// Whether what reads the channels is fitted again, where there are training examples.
        public var repairs = true

        public init(steps: Int = 1, repairs: Bool = true) { (self.steps, self.repairs) = (steps, repairs) }
    }

    /// What was removed up to now, repaired where that is done; nil before anything was.
    public private(set) var state: TrainedState?
    /// In the order in which it went: the indices of each are those of the network before it.
    public private(set) var removed: [RemovedFilters] = []
    /// What became of each removal.
    public private(set) var outcomes: [Outcome]
    /// What a repair came to, layer by layer.
    public private(set) var repairLines: [String] = []
    /// Why nothing was repaired, or that it was; nil where nobody asked.
    public private(set) var remark: String?

    /// What a removal took of each layer, over all steps.
    public struct Outcome: Hashable, Sendable {
        public var removal: FilterRemoval
        public fileprivate(set) var shares: [FilterCut.Share] = []
        public fileprivate(set) var held: [HeldFilters] = []
    }

    enum Work {
        case measure
        case measuring(MeasuredImportance)
        case search(FilterSearch)
        case cut(FilterCut)
        case repair
        case repairing(NetworkRepair, Dataset)
        case done
    }

    private let removals: [FilterRemoval]
    let options: Options
    private let base: TrainedState?
    private let opened: Network
    private let data: Result<Dataset, ThinningData>
    private var kept = KeptPlaces()
    private(set) var work = Work.measure
    /// The step under way, from 1 on, and the removal of it.
    private(set) var place = (step: 1, removal: 0)

    /// - Parameter data: Training examples, or why there are none.
    public init(
        _ removals: [FilterRemoval], options: Options, from base: TrainedState?, of opened: Network, data: Result<Dataset, ThinningData>
    ) {
        (self.removals, self.options, self.base, self.opened, self.data) = (removals, options, base, opened, data)
        outcomes = removals.map { Outcome(removal: $0) }
    }

    /// About 10 ms of work, some tenths of a second of a repair; false when all is done. Throws where a removal of one layer can't be done, and for
    /// criteria that need what is not there.
    public func step() throws(FilterObstacle) -> Bool {
        switch work {
        case .measure:
            guard place.removal < removals.count else {
                work = .repair
                return true
            }
            work = .measuring(try MeasuredImportance(removal, in: network, data: data))
        case .measuring(let measurement):
            if try !measurement.step() { work = try next(measurement.scores) }
        case .search(var search):
            work = try search.step() ? .search(search) : .cut(search.result())
        case .cut(let cut): try take(cut)
        case .repair: beginRepair()
        case .repairing(let repair, let data): goOn(repair, data)
        case .done: return false
        }
        if case .done = work { return false }
        return true
    }

    /// The removal under way, or the last one.
    public var current: FilterRemoval { removals[min(place.removal, removals.count - 1)] }

    /// Examples of the measurement under way that are done, and all; nil where none is.
    public var measured: (done: Int, total: Int)? { if case .measuring(let measurement) = work { measurement.counts } else { nil } }

    private var before: Network { base?.base(of: opened) ?? opened }
    private var network: Network { state?.base(of: opened) ?? before }

    /// The removal under way, as far as it goes in this step.
    private var removal: FilterRemoval {
        var removal = removals[place.removal]
        if case .aim(let cost, _) = removal.amount { removal.whole = opened.cost(cost) }
        guard options.steps > 1 else { return removal }
        removal.amount = removal.amount.part(Double(place.step) / Double(options.steps))
        if place.step < options.steps { removal.rounding = .multiple(1) }
        let known = outcomes[place.removal].shares.map { ($0.layer.weight, $0.of) }
        let (network, unit) = (network, removal.unit)
        let full =
            known.isEmpty
            ? removal.layers.compactMap(network.layer(of:)).map { ($0.weight, network.removableFilters(of: $0, unit: unit)) } : known
        removal.full = Dictionary(full) { first, _ in first }
        return removal
    }

    private func next(_ scores: FilterScores) throws(FilterObstacle) -> Work {
        if case .aim = removal.amount { return .search(try FilterSearch(removal, in: network, by: scores)) }
        return .cut(try FilterCut(removal, of: network, by: scores))
    }

    private func take(_ cut: FilterCut) throws(FilterObstacle) {
        note(cut)
        if !cut.removed.groups.isEmpty {
            let network = network
            state = try removal.state(from: state ?? base, of: opened, without: cut.removed)
            kept.take(cut.removed, from: network)
            removed.append(cut.removed)
        }
        place.removal += 1
        work = .measure
    }

    private func note(_ cut: FilterCut) {
        var own = outcomes[place.removal]
        own.held = cut.held
        for share in cut.shares {
            if let known = own.shares.firstIndex(where: { $0.layer.weight == share.layer.weight }) {
                own.shares[known].gone += share.gone
                own.shares[known].places = share.places
                own.shares[known].isAtFloor = share.isAtFloor
            } else {
                own.shares.append(share)
            }
        }
        outcomes[place.removal] = own
    }

    // MARK: repair

    private func beginRepair() {
        guard options.repairs, let state else { return nextStep() }
        switch data {
        case .failure(let missing):
            remark = "not repaired: \(missing.reason)"
            nextStep()
        case .success(let data):
            do throws(ShapeError) {
                let repair = try NetworkRepair(before: before, after: state.base(of: opened), kept: kept, data: data)
                work = .repairing(repair, data)
            } catch {
                remark = "not repaired, the network can't be run"
                nextStep()
            }
        }
    }

    private func goOn(_ repair: NetworkRepair, _ data: Dataset) {
        do throws(KernelError) { if try repair.step() { return } } catch {
            remark = "not repaired: \(TrainingFailure.kernels(error))"
            return nextStep()
        }
        guard let state else { return nextStep() }
        let repaired = state.repaired(repair.network, from: base, of: opened)
        repairLines = repair.lines
        do throws(TrainingFailure) {
            self.state = try repaired.followingNormalization(
                from: before, kept: kept, but: repair.followed, of: opened, on: data)
            remark = "repaired"
        } catch {
            self.state = repaired
            remark = "repaired, normalizations as they were: \(error)"
        }
        nextStep()
    }

    private func nextStep() {
        guard place.step < options.steps else {
            work = .done
            return
        }
        place = (place.step + 1, 0)
        work = .measure
    }
}
