import Engine
import Networks
import Reports

/// Measured plans as points of the session.
extension Explorer {
    /// What the examples in force are, and what is measured on them; nil until something was.
    var pointGroup: FrontGroup? {
        guard let report = accuracy?.value, report.count > 0, let dataset else { return points.all.last?.group }
        let hash = desk.opened.source.map(\.sha256) ?? ""
        return FrontGroup(
            network: hash.isEmpty ? desk.opened.name : hash, split: report.split, data: dataset.sha256 ?? dataset.name, count: report.count,
            measure: report.figureName)
    }

    /// The point of the plan as it stands; nil until every example is measured and the bytes of the file are exact.
    private var currentPoint: FrontPoint? {
        guard let accuracy, accuracy.generation == generation, accuracy.value.isExact, accuracy.value.current.isFinite,
            let file, file.generation == generation, file.value.isExact, fileChange == nil, let group = pointGroup
        else { return nil }
        let report = accuracy.value
        let point = try? FrontPoint(
            group: group, value: report.current, original: report.original, gains: report.gains, losses: report.losses,
            bytes: file.value.total, originalBytes: network.storedByteCount, plan: plan, state: base?.id,
            created: around.date(around.lastTime))
        guard var point else { return nil }
        point.beyond = report.verdict()?.interval
        return point
    }

    /// Keeps the plan as a point once its figures are exact, and again where they became others.
    mutating func keepPoint(after event: EngineEvent) {
        switch event {
        case .accuracy, .file, .settled: break
        default: return
        }
        guard let point = currentPoint else { return }
        let known = points[point.id]
        guard known == nil || known?.value != point.value || known?.bytes != point.bytes else { return }
        points.put(point)
        emit(.keepPoint(points[point.id] ?? point))
    }

    /// The id of the point that the plan as it stands is; nil while it is not measured.
    var presentPoint: String? { currentPoint?.id }

    /// Calls a point so.
    mutating func name(point id: String, _ text: String) {
        points.rename(id, to: text)
        guard let point = points[id] else { return }
        emit(.keepPoint(point))
        say("the point is called \(text)", .success)
    }
}
