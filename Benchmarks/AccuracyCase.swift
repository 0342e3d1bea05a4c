import Compression
import Engine
import Formats
import Networks
import Reports

/// The time from a plan to its exact accuracy, through the engine as the screen uses it: compressing, measuring, scoring, reporting.
enum AccuracyCase {
    private struct Answer: Encodable {
        var seconds: Double
        var right: Int
        var evaluated: Int
    }

    /// The original's answer comes first; then each line `PARAMETER RATIO` prunes that parameter alone, `level LEVEL` that part of every layer, and is
    /// answered.
    static func run(_ arguments: [String]) throws {
        guard let path = arguments.first else { throw BenchmarkFailure.usage("accuracy MODEL") }
        let card = try ModelCardReader.card(besides: path)
        let network = try NetworkReader.read(path, card: card)
        let data = try DatasetLoader(card: card).load(.validation)
        // A peer is not nice either.
        let engine = LiveEngine(network: network, data: .ready(data), options: EngineOptions(niceness: 0)) {}
        var generation: UInt64 = 0
        func measure(_ plan: CompressionPlan, focus: String?) throws -> Answer {
            generation += 1
            let seconds = Stopwatch.measure {
                engine.request(plan, generation: generation, focus: focus)
                engine.waitUntilSettled()
            }.seconds
            return try answer(engine.takeEvents(), seconds: seconds)
        }
        try Conversation.write(try measure(CompressionPlan(), focus: nil))
        try Conversation.answer { words in
            guard words.count == 2, let ratio = Double(words[1]) else { throw BenchmarkFailure.usage("PARAMETER RATIO") }
            guard words[0] != "level" else {
                let entry = CompressionPlan.Entry(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: ratio)))
                return try measure(CompressionPlan(layers: [entry]), focus: nil)
            }
            let entry = CompressionPlan.Entry(pattern: words[0], plan: LayerPlan(pruning: .ratio(ratio)))
            return try measure(CompressionPlan(layers: [entry]), focus: words[0])
        }
        engine.stop()
    }

    private static func answer(_ events: [EngineEvent], seconds: Double) throws -> Answer {
        var newest: AccuracyReport?
        for event in events {
            switch event {
            case .accuracy(let report, _): newest = report
            case .failed(let failure, _): throw BenchmarkFailure.noAccuracy(reason: failure.description)
            default: break
            }
        }
        guard let newest, newest.evaluated == newest.count else { throw BenchmarkFailure.noAccuracy(reason: "it is not exact") }
        let right = (0..<newest.confusion.classCount).reduce(0) { $0 + newest.confusion[$1, $1] }
        return Answer(seconds: seconds, right: right, evaluated: newest.evaluated)
    }
}
