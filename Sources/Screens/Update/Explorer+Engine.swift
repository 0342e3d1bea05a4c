import Compression
import Engine
import Reports

extension Explorer {
    /// Takes a result in; one that is older than what is shown is dropped.
    mutating func take(_ event: EngineEvent) {
        switch event {
        case .data(let dataset):
            self.dataset = dataset
            isDataExpected = false
            if let remark = dataset.remark { say(remark) }
            if let warning = dataset.warning { say(warning, .warning) }
        case .distribution(let weight, let distribution):
            desk.take(distribution, of: weight)
        case .distributionsToKeep: break
        case .layer(let layer, let generation): take(layer, generation)
        case .network(let bytes, let sparsity, let generation):
            self.bytes = newer(bytes, than: self.bytes, generation)
            self.sparsity = newer(sparsity, than: self.sparsity, generation)
        case .file(let file, let generation): self.file = newer(file, than: self.file, generation)
        case .accuracy(let report, let generation): take(report, generation)
        case .timeLeft(let seconds, let generation): timeLeft = newer(seconds, than: timeLeft, generation)
        case .logits(let logits, let generation): self.logits = newer(logits, than: self.logits, generation)
        case .lens(let lens, let generation): self.lens = newer(lens, than: self.lens, generation)
        case .failed(let failure, let generation): take(failure, generation)
        case .task(_, let news): take(news)
        case .settled(let generation):
            settled = max(settled, generation)
            goOnWithSchedule()
        }
    }

    /// A failure of an older plan is forgotten; one of the data stays true.
    private mutating func take(_ failure: EngineFailure, _ generation: UInt64) {
        switch failure {
        case .changed(let change):
            fileChange = change
            ageAllFigures()
        case .noData, .data:
            isDataExpected = false
            ageAccuracy()
        default: if generation < self.generation { return }
        }
        say(failure.message)
    }

    /// The network's file is another one than was measured: every figure is an old one, and none is awaited.
    private mutating func ageAllFigures() {
        desk.age()
        settled = generation
    }

    /// What was measured on examples that are gone is an old figure.
    private mutating func ageAccuracy() {
        accuracy?.generation = 0
        logits?.generation = 0
        lens?.generation = 0
    }

    private func newer<Value>(_ value: Value, than old: Stamped<Value>?, _ generation: UInt64) -> Stamped<Value>? {
        if let old, old.generation > generation { return old }
        return Stamped(value, generation: generation)
    }

    private mutating func take(_ layer: CompressedLayer, _ generation: UInt64) {
        let weight = layer.layer.weight
        compressed[weight] = newer(layer, than: compressed[weight], generation)
        if weight == selectedLayer?.weight { withPane(.centroids) { view, explorer in view.move(by: 0, &explorer) } }
    }

    private mutating func take(_ measured: AccuracyReport, _ generation: UInt64) {
        if let shown = accuracy, shown.generation > generation { return }
        let report = knownOriginal(as: measured).map(measured.knowing(original:)) ?? measured
        let wasWarned = accuracy?.value.isNearChance ?? false
        accuracy = Stamped(report, generation: generation)
        if !wasWarned, let warning = report.chanceWarning { say(Message(warning, kind: .warning)) }
        guard report.evaluated > 0 else { return }
        let point = TrendPoint(
            generation: generation, accuracy: report.current, interval: report.interval, isExact: report.isExact)
        if trend.last?.generation == generation { trend.removeLast() }
        trend.append(point)
        if trend.count > TrendPoint.kept { trend.removeFirst() }
    }
}

extension Explorer {
    /// The original's exact accuracy on the examples that `report` is of, where a snapshot of the session has it from equal kernels on equal data.
    private func knownOriginal(as report: AccuracyReport) -> Double? {
        guard report.originalEvaluated < report.count, let environment, let dataset, let hash = dataset.sha256 else { return nil }
        for known in snapshots.reversed().map(\.report) where known.environment == environment {
            guard let data = known.data, data.sha256 == hash, data.split == dataset.split, data.input == dataset.facts,
                let accuracy = known.accuracy, accuracy.count == report.count, accuracy.originalEvaluated == accuracy.count,
                accuracy.kind == report.kind
            else { continue }
            return accuracy.original
        }
        return nil
    }
}

extension EngineFailure {
    /// What failed and what still works.
    var message: Message { Message(description, kind: isFatal ? .error : .warning) }
}
