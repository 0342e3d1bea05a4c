import Tensors

extension EngineWorker {
    /// Looks, after a step, whether the files that it read are still what they were; whether something is left to do.
    ///
    /// Of a network whose file was written to nothing is computed any more. Without the examples all but accuracy goes on, and without the
    /// files of a training all but that.
    func followFiles() -> Bool {
        if let change = mailbox.files.change(.weights) {
            close(change)
            return false
        }
        if let change = mailbox.files.change(.examples) {
            mailbox.files.forget(.examples)
            loseExamples(change)
        }
        if let change = mailbox.files.change(.training) {
            mailbox.files.forget(.training)
            endTraining(change)
        }
        return true
    }

    private func close(_ change: FileChange) {
        lost = change
        endTraining(change)
        removeAllJobs()
        _ = answer(change)
    }

    /// Answers whatever was asked for, for nothing can be computed; false, for nothing is left to do.
    func answer(_ change: FileChange) -> Bool {
        let generation = wishes.newest?.generation ?? 0
        if wishes.takeOrder() != nil { mailbox.post(.trainingFailed("Training is not possible: \(change)")) }
        if !wishes.takeDerivations().isEmpty { mailbox.post(.trainingFailed("\(change)")) }
        if let order = wishes.takeGrid() { mailbox.post(.grid(GridReport(order.grid, failure: .unavailable("\(change)")))) }
        fail(.changed(change), generation: generation)
        if wishes.newest != nil {
            mailbox.post(.settled(generation: generation))
            wishes.settle(generation)
        }
        return false
    }

    private func loseExamples(_ change: FileChange) {
        endTraining(change)
        loseEvaluator(.data("\(change)"))
    }

    private func endTraining(_ change: FileChange) {
        let trained = training != nil
        abandonTrainings(.unavailable("\(change)"))
        if trained { mailbox.post(.trainingFailed("The training ended: \(change)")) }
    }
}
