import Compression
import Kernels
import Networks
import Reports

/// A layer to be replaced by a module in what plans start from, weights as they are without a plan.
public struct ModuleOrder: Hashable, Sendable {
    public var replacement: LayerReplacement
    /// Nil is the network as it was opened.
    public var base: TrainedState?
    /// The name of the change in a history.
    public var label: String

    public init(_ replacement: LayerReplacement, base: TrainedState?, label: String) {
        self.replacement = replacement
        self.base = base
        self.label = label
    }
}

extension TaskKind {
    public static let module = TaskKind(rawValue: "module")
}

extension LaneTask {
    /// Puts a module in the place of a layer and fits it to the layer's outputs on training examples, where there are some; ends with a ``DerivedState``.
    public static func module(_ order: ModuleOrder) -> LaneTask {
        LaneTask(TaskID(.module, order.label), isAlone: false) { ModuleJob(order, worker: $0) }
    }
}

/// The start of the module, then its fit in pieces.
private final class ModuleJob: TaskJob {
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: ModuleOrder
    private var fit: ModuleFit?

    init(_ order: ModuleOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.module, order.label) }

    func step() -> Bool {
        guard worker.large == nil else { return fail("this network is too large, it is read layer by layer") }
        do throws(ModuleFailure) {
            if let fit { return try go(on: fit) }
            return try start()
        } catch { return fail(error.reason) }
    }

    private func start() throws(ModuleFailure) -> Bool {
        let before = order.base?.base(of: worker.network) ?? worker.network
        let replacement = order.replacement
        let after: Network
        do throws(ReplaceLayer.Failure) {
            guard let made = try replacement.applied(to: before), let layer = before.layer(of: replacement.weight) else { throw .unknown }
            after = made
            guard let data = try? worker.materials.loadedTrainingExamples(), (try? data.check(against: before)) != nil else {
                return finish(after, "not fitted: there are no training examples")
            }
            do throws(ShapeError) {
                fit = try ModuleFit(before: before, after: after, layer: layer, module: replacement.module, data: data)
            } catch { throw .unknown }
        } catch { throw ModuleFailure(reason: "not done, for \(error)") }
        return true
    }

    private func go(on fit: ModuleFit) throws(ModuleFailure) -> Bool {
        do throws(KernelError) {
            if try fit.step() { return true }
        } catch { throw ModuleFailure(reason: "not done, for \(error)") }
        return finish(fit.network, nil)
    }

    private func finish(_ network: Network, _ remark: String?) -> Bool {
        let name = "\(order.replacement.weight):\(order.replacement.module.word)"
        let state = TrainedState(id: name, changed: network, from: order.base, of: worker.network)
        end(with: DerivedState(state, label: remark.map { "\(order.label), \($0)" } ?? order.label))
        return false
    }

    private func fail(_ reason: String) -> Bool {
        end(with: TaskEnd("\(order.label): \(reason)."))
        return false
    }
}

/// Why there is no module.
private struct ModuleFailure: Error { var reason: String }
