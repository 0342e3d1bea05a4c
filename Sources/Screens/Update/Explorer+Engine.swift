import Engine

extension Explorer {
    /// Takes a result in, and does what follows from it.
    mutating func take(_ event: EngineEvent) {
        let wasWarned = accuracy?.value.isNearChance ?? false
        findings.take(event, snapshots: snapshots)
        switch event {
        case .data(let dataset):
            if let remark = dataset.remark { say(remark) }
            if let warning = dataset.warning { say(warning, .warning) }
        case .distribution(let weight, let distribution): desk.take(distribution, of: weight)
        case .layer(let layer, _):
            guard layer.layer.weight == selectedWhole?.weight else { return }
            withPane(.centroids) { view, explorer in view.move(by: 0, &explorer) }
        case .accuracy:
            if !wasWarned, let warning = accuracy?.value.chanceWarning { say(warning, .warning) }
        case .failed(let failure, let generation): take(failure, generation)
        case .task(let id, let news): take(news, of: id)
        case .settled: goOnWithSchedule()
        case .network, .file, .timeLeft, .gathering, .logits, .lens, .distributionsToKeep: break
        }
    }

    /// A failure of an older plan is forgotten; one of the data stays true. Where the file is another one than was measured, every figure is an
    /// old one, and none is awaited.
    private mutating func take(_ failure: EngineFailure, _ generation: UInt64) {
        switch failure {
        case .changed:
            desk.age()
            findings.take(.settled(generation: desk.generation))
        case .noData, .data: break
        default: if generation < self.generation { return }
        }
        say(failure.message)
    }
}

extension EngineFailure {
    /// What failed and what still works.
    var message: Message { Message(description, kind: isFatal ? .error : .warning) }
}
