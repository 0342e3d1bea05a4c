import Compression
import Foundation
import Reports

/// Lines of JSON that `pare train` and `pare compress` print with `--json`: an object a line, the kind under `event`.
enum TrainingLine {
    /// The end of one training or stage; fractions, bytes as estimated: layers in the accounting "han", other parameters as stored.
    struct Result: Encodable {
        let event = "result"
        var stage: String?
        var phase: String
        var epochs: Int
        var seconds: Double
        var validation: Accuracy?
        var test: Accuracy?
        /// 1 − zeros / weights.
        var kept: Double
        var bytes: Int?
        /// The layers' part of them, as Deep Compression counts.
        var layerBytes: Int?
        /// Exact bytes of the `.pare` file of the result.
        var fileBytes: Int?
        var originalBytes: Int
        var multiplyAdds: Int?
        var layers: [LayerLine]
        /// What became of it besides: why it ended early, what was thinned.
        var message: String?
        var output: String?
        /// Parts of the plan or the schedule without effect; missing where there are none.
        var warnings: [String]?
    }

    struct Accuracy: Encodable {
        var original: Double
        var current: Double
        /// Null where no example has a finite one.
        var crossEntropy: JSONFigure
        var crossEntropyLeftOut: Int?
        var gains: Int
        var losses: Int

        init?(_ report: AccuracyReport?) {
            guard let report, report.isExact else { return nil }
            (original, current, crossEntropy) = (report.original, report.current, JSONFigure.number(report.crossEntropy))
            crossEntropyLeftOut = report.crossEntropyLeftOut
            (gains, losses) = (report.gains, report.losses)
        }
    }

    struct LayerLine: Encodable {
        var name: String
        var weights: Int
        var kept: Double
        var representation: String
        var bits: Int
        var bytes: Int
        var sparseBytes: Int

        init(_ layer: LayerSummary) {
            (name, weights, kept) = (layer.weight, layer.weights, layer.kept)
            (representation, bits) = (layer.plan.weights.name, layer.plan.weights.bits)
            (bytes, sparseBytes) = (layer.bytes.huffman, layer.bytes.sparse)
        }
    }

    static func epoch(_ epoch: TrainingProgress.Epoch, stage: String?, progress: TrainingProgress) throws -> String {
        var line: [String: JSONFigure] = [
            "event": .text("epoch"), "epoch": figures(of: epoch), "examplesPerSecond": .number(progress.examplesPerSecond),
        ]
        if let stage { line["stage"] = .text(stage) }
        return try text(JSONFigure.object(line))
    }

    /// The figures of an epoch; null for what it does not have or what is not finite.
    private static func figures(of epoch: TrainingProgress.Epoch) -> JSONFigure {
        var figures: [String: JSONFigure] = [
            "number": .integer(epoch.number), "loss": .number(epoch.loss), "accuracy": .number(epoch.accuracy),
            "crossEntropy": .number(epoch.crossEntropy), "crossEntropyLeftOut": .integer(epoch.crossEntropyLeftOut),
            "divergence": .number(epoch.divergence), "divergenceLeftOut": .integer(epoch.divergenceLeftOut),
            "sparsity": .number(epoch.sparsity), "seconds": .number(epoch.seconds),
        ]
        if let bytes = epoch.bytes { figures["bytes"] = .integer(bytes) }
        return .object(figures)
    }

    static func result(_ result: Result) throws -> String { try text(result) }

    static func text(_ line: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }
}

extension TrainingLine.Result {
    /// What a stage came to.
    init(
        stage: String?, _ outcome: TrainingDriver.Outcome, _ figures: TrainingDriver.Figures, seconds: Double,
        test: AccuracyReport? = nil, output: String? = nil, warnings: [String] = []
    ) {
        self.init(
            stage: stage, phase: outcome.progress.phase.rawValue, epochs: outcome.state.epochs, seconds: seconds,
            validation: TrainingLine.Accuracy(figures.report.accuracy), test: TrainingLine.Accuracy(test),
            kept: 1 - figures.report.sparsity, bytes: figures.report.bytes.compressed, layerBytes: figures.report.bytes.layers,
            fileBytes: figures.report.fileBytes, originalBytes: figures.report.bytes.original,
            multiplyAdds: figures.multiplyAdds, layers: figures.report.layers.map(TrainingLine.LayerLine.init),
            message: outcome.progress.message, output: output, warnings: warnings.isEmpty ? nil : warnings)
    }
}
