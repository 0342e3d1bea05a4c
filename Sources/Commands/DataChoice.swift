import Formats
import Foundation
import Networks
import Reports
import Sessions

/// The examples that were asked for, by options or by the session that a command is about.
struct DataChoice {
    /// Nil where none were named.
    var path: String?
    var options = InputOptions()
    var generated: GeneratedInputs.Distribution?
    var generatedCount = GeneratedInputs.usualCount
    /// The figure that was asked for.
    var measure: OutputMeasure?
    /// Whether an option names the path, so that what is wrong with it is an error.
    var isNamed = false
    /// What the session keeps, with its name.
    var kept: (data: SessionData, session: String)?

    /// The same with what a session keeps in the place of what no option says.
    func completed(by data: SessionData?, session: String) -> DataChoice {
        guard let data else { return self }
        var choice = self
        choice.kept = (data, session)
        if path == nil, generated == nil {
            choice.path = data.path
            choice.generated = data.generated.flatMap(GeneratedInputs.Distribution.init)
            choice.generatedCount = data.generatedCount ?? GeneratedInputs.usualCount
        }
        choice.options.scale = options.scale ?? data.scale
        choice.options.mean = options.mean ?? data.mean
        choice.options.standardDeviation = options.standardDeviation ?? data.standardDeviation
        choice.options.layout = options.layout ?? data.layout.flatMap(ImageLayout.init)
        choice.options.side = options.side ?? data.resize
        choice.measure = measure ?? data.measure.flatMap(OutputMeasure.init)
        return choice
    }

    /// As a session keeps it: the path absolute, so that it holds in every folder.
    var sessionData: SessionData {
        var data = SessionData()
        data.path = path.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        (data.scale, data.mean, data.standardDeviation) = (options.scale, options.mean, options.standardDeviation)
        (data.layout, data.resize) = (options.layout?.rawValue, options.side)
        (data.generated, data.generatedCount) = (generated?.rawValue, generated == nil ? nil : generatedCount)
        data.measure = measure?.rawValue
        data.examples = kept?.data.examples
        return data
    }

    /// Whether the session was measured on real examples, which nothing may take the place of.
    var expectsExamples: Bool {
        guard let kept, generated == nil else { return false }
        return kept.data.path != nil || kept.data.examples?.contains { $0.kind != .generated } == true
    }

    /// What is to be said of examples that are not those of the session.
    func remark(on found: DataIdentity) -> String? {
        guard let kept, let known = kept.data.examples(of: found.split), kept.data.differs(from: found) else { return nil }
        return "session “\(kept.session)” was measured on other examples: \(Self.words(known)), these are \(Self.words(found))"
    }

    private static func words(_ data: DataIdentity) -> String {
        "\(data.count) of \(data.name)" + (data.sha256.map { " (SHA-256 \($0.prefix(12))…)" } ?? "")
    }

    /// The error that a session's examples are not there any more.
    func missing(_ reason: String) -> String {
        guard let kept else { return reason }
        return "The examples of session “\(kept.session)” can't be used: \(reason) Nothing takes their place; name them with --data."
    }
}
