import ArgumentParser
import Compression
import Engine
import Foundation
import Networks
import Sessions
import Tensors

extension SessionsCommand {
    /// `pare sessions replay NAME`
    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train once more what was trained in a session, with every knob turned at its step, and compare the weights.",
            discussion: """
                Without --training the newest training. The session is not changed. Exit code 0: the same bits; 65: they differ, or the
                session does not hold what is needed. Threads and instruction set must be those of the first time.

                EXAMPLE:
                  pare sessions replay first-try
                """)

        @Argument(help: "A session.")
        var name: String
        @Option(
            help: ArgumentHelp("The training's number in the session, from 1, as `pare sessions show` lists them.", valueName: "number"))
        var training: Int?
        @Option(help: ArgumentHelp("The folder or file with the examples.", valueName: "dir"))
        var data: String?
        @Option(help: ArgumentHelp("Memory for kept activations, in MiB.", valueName: "MiB"))
        var memory: Int = 512
        @OptionGroup var folders: FolderOptions

        func run() throws {
            try CommandFailure.reporting {
                Interruption.listen()
                let locations = folders.locations
                let kept = try KeptPlan(name, locations: locations)
                let record = try record(kept)
                let examples = DataChoice(path: data, isNamed: data != nil).completed(by: kept.contents.data, session: kept.session)
                let model = try OpenedModel(
                    try kept.networkPath(locations: locations), data: examples, edits: kept.edits, choosesOutput: false,
                    locations: locations)
                try kept.check(model)
                guard let wanted = record.last else {
                    throw CommandFailure("No epoch of this training was finished, so there is nothing to compare with.", .badData)
                }
                let expected = try state(wanted, kept, model)
                var order = try order(record, kept, model)
                // Of a quick training the last epochs may never have been kept: it is repeated up to the one that was.
                if expected.epochs < record.finishedEpochs { order.lastEpoch = expected.epochs }
                let text = ProgressText()
                let outcome = try TrainingDriver(model, memory: memory).train(order, show: text.show)
                if Interruption.isWanted { throw Interruption.failure("The replay was stopped: nothing was compared.") }
                try report(outcome.latest ?? outcome.state, expected: expected, turns: order.turns.count)
            }
        }

        private func record(_ kept: KeptPlan) throws(CommandFailure) -> TrainingRecord {
            let trainings = kept.contents.trainings
            guard !trainings.isEmpty else {
                let isOfStages = !kept.contents.states.isEmpty
                throw CommandFailure(
                    isOfStages
                        ? "\(kept.session) was made by `pare compress`; only trainings of the explorer keep what a replay needs."
                        : "Nothing was trained in \(kept.session).", .badData)
            }
            guard let training else { return trainings[trainings.count - 1] }
            guard trainings.indices.contains(training - 1) else {
                throw CommandFailure("\(kept.session) has \(trainings.count) trainings, not \(training).", .usage)
            }
            return trainings[training - 1]
        }

        private func state(_ id: String, _ kept: KeptPlan, _ model: OpenedModel) throws(CommandFailure) -> TrainedState {
            do { return try SessionFolder.state(id, path: kept.path, of: model.network) } catch { throw CommandFailure(error) }
        }

        private func order(_ record: TrainingRecord, _ kept: KeptPlan, _ model: OpenedModel) throws(CommandFailure) -> TrainingOrder {
            let turns: [KnobTurn]
            do { turns = try SessionFolder.knobs(training: record.id, path: kept.path) } catch { throw CommandFailure(error) }
            var base: TrainedState?
            if let id = record.base { base = try state(id, kept, model) }
            var order = TrainingOrder(id: record.id, plan: record.plan, recipe: record.recipe, policies: record.policies, base: base)
            if record.startsCompressed { order.base = base?.handingOnCompressed }
            order.thins = record.schedule?.stage?.thins == true
            if record.status != .finished { order.lastEpoch = record.finishedEpochs }
            for turn in turns {
                guard let step = turn.step else {
                    throw CommandFailure(
                        "The knobs of this training were logged by a version that did not keep their exact steps: it can't be replayed.",
                        .badData)
                }
                order.turns.append(TrainingTurn(step: step, epoch: turn.epoch, batch: turn.batch, plan: turn.plan))
            }
            return order
        }

        private func report(_ state: TrainedState, expected: TrainedState, turns: Int) throws(CommandFailure) {
            let differing = state.differences(from: expected)
            let what = "\(state.epochs) epoch\(state.epochs == 1 ? "" : "s") with \(turns) turned knob\(turns == 1 ? "" : "s")"
            guard differing.isEmpty else {
                throw CommandFailure("Replayed \(what), but these differ: \(differing.joined(separator: ", ")).", .badData)
            }
            Standard.output("replayed \(what): the same bits in all \(expected.parameters.count) parameters")
        }
    }
}

extension TrainedState {
    /// The parameters whose float or effective values have other bits, sorted.
    func differences(from other: TrainedState) -> [String] {
        func bits(_ tensor: Tensor?) -> [UInt32]? { tensor.map { $0.floats.map(\.bitPattern) } }
        var names = Set(parameters.keys).union(other.parameters.keys).filter { bits(parameters[$0]) != bits(other.parameters[$0]) }
        for name in Set(layers.keys).union(other.layers.keys) {
            let (own, others) = (layers[name]?.compressed, other.layers[name]?.compressed)
            if bits(own?.weights) != bits(others?.weights) || bits(own?.bias) != bits(others?.bias) { names.insert(name) }
        }
        return names.sorted()
    }
}
