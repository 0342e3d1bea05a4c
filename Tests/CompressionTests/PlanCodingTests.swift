import Compression
import Foundation
import Networks
import Testing

@Suite("Plans in sessions")
struct PlanCodingTests {
    /// Weights with their form in sessions, which is read for ever.
    private static let forms: [(WeightRepresentation, String)] = [
        (.float32, #"{"float32":{}}"#), (.float16, #"{"float16":{}}"#), (.bfloat16, #"{"bfloat16":{}}"#), (.ternary, #"{"ternary":{}}"#),
        (.binary(.layer), #"{"binary":{"_0":"layer"}}"#), (.dorefa(bits: 3), #"{"dorefa":{"bits":3}}"#),
        (.normalFloat(group: 64), #"{"normalFloat":{"group":64}}"#),
        (
            .linear(LinearQuantization(bits: 4)),
            #"{"linear":{"_0":{"bits":4,"clip":{"meanSquaredError":{}},"isPerChannel":false,"isSymmetric":true}}}"#
        ),
        (
            .linear(LinearQuantization(bits: 8, isSymmetric: false, isPerChannel: true, clip: .percentile(99.5), group: 32)),
            #"{"linear":{"_0":{"bits":8,"clip":{"percentile":{"_0":99.5}},"group":32,"isPerChannel":true,"isSymmetric":false}}}"#
        ),
        (
            .shared(WeightSharing(bits: 3, start: .random, seed: .max, span: .channel)),
            #"{"shared":{"_0":{"bits":3,"method":"lloyd","seed":18446744073709551615,"span":{"channel":{}},"start":"random"}}}"#
        ),
        (
            .shared(WeightSharing(bits: 1, start: .density, method: .optimal, span: .group(128))),
            #"{"shared":{"_0":{"bits":1,"method":"optimal","seed":1,"span":{"group":{"_0":128}},"start":"density"}}}"#
        ),
        (
            .lattice(LatticeQuantization(step: 0.5, lambda: 0.25, rate: .independent, dither: 7)),
            #"{"lattice":{"_0":{"dither":7,"lambda":0.25,"rate":"independent","step":0.5}}}"#
        ),
    ]

    private func check(_ plan: some Codable & Equatable, _ text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(plan), as: UTF8.self) == text)
        func decoded<Plan: Decodable>(_: Plan) throws -> Plan { try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) }
        #expect(try decoded(plan) == plan)
    }

    @Test("Every representation keeps the form that sessions hold it in", arguments: forms)
    func representation(_ weights: WeightRepresentation, text: String) throws {
        let rest = #"{"amount":0,"criterion":"ratio","deviation":"all","scope":"layer"}"#
        try check(LayerPlan(weights: weights), #"{"biases":"float32","bypass":false,"pruning":\#(rest),"weights":\#(text)}"#)
    }

    @Test("A plan with everything else keeps it too")
    func everything() throws {
        var plan = LayerPlan(
            pruning: Pruning(criterion: .level, amount: 0.5, scope: .global, deviation: .nonzero), biases: .int8, bypass: true,
            indexBits: 6, activations: .clipped(bits: 4, clip: .learned))
        plan.coder = .arithmetic
        let text =
            #"{"activations":{"clipped":{"bits":4,"clip":"learned"}},"biases":"int8","bypass":true,"coder":8,"indexBits":6,"#
            + #""pruning":{"amount":0.5,"criterion":"level","deviation":"nonzero","scope":"global"},"weights":{"float32":{}}}"#
        try check(plan, text)
        try check(ActivationQuantization.sign, #"{"sign":{}}"#)
        let loss = LossWeights(distillation: 0.75, student: 0.25)
        try check(
            CompressionPlan(temperature: 2, lossWeights: loss, layers: [.init(pattern: "*", plan: plan)]),
            #"{"layers":[{"pattern":"*","plan":\#(text)}],"lossWeights":{"distillation":0.75,"student":0.25},"temperature":2}"#)
    }
}
