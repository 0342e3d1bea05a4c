import Networks

/// What holds for a whole network: how far a teacher's and the student's outputs are softened, what each part of the loss weighs, and what becomes of
/// the sums of its ways.
public protocol Distilling: Sendable {
    /// Softmax temperature of distillation, 0.5…50.
    var temperature: Double { get set }
    var lossWeights: LossWeights { get set }
    /// How what sums and Concats hand on is made coarse; nil leaves it float.
    var sums: ActivationQuantization? { get set }
}

extension CompressionPlan: Distilling {}
extension ResolvedPlan: Distilling {}

extension Distilling {
    /// The settings of the whole network, in the order of the keys of files.
    public static var settings: [PlanSetting<Self>] {
        [
            temperatureSetting,
            PlanSetting("lossWeights", .mapping, get: { _ in nil }, set: { _, _ in }).holding([
                PlanSetting("distillation", \.lossWeights.distillation, .number(0...100), help: "w_d of the loss.")
                    .alwaysWritten,
                PlanSetting("student", \.lossWeights.student, .number(0...100), help: "w_s of the loss.").alwaysWritten,
            ]),
            junctionSetting,
        ]
    }

    public static var temperatureSetting: PlanSetting<Self> {
        PlanSetting(
            "temperature", \.temperature, .number(CompressionPlan.temperatures, step: 0.5, big: 5, decimals: 1),
            help: "Temperature: logits are divided by it before the softmax; higher is softer."
        ).alwaysWritten.knob("T")
    }
}
