import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Ranks, sizes and work of the methods, against counts of their own.
@Suite("Plan: ranks of factors")
struct LowRankTests {
    private static let geometries: [WeightGeometry] = [
        WeightGeometry([40, 70]), WeightGeometry([64, 32, 3, 3]), WeightGeometry([24, 8, 5, 1], groups: 3), WeightGeometry([16, 40, 3]),
        WeightGeometry([8, 6, 2, 3, 2]), WeightGeometry([20, 1, 5, 5]), WeightGeometry([3, 50, 1, 1]),
    ]

    private static let cases: [(FactorMethod, WeightGeometry)] = FactorMethod.allCases.flatMap { method in
        geometries.filter { method.obstacle(in: $0) == nil }.map { (method, $0) }
    }

    @Test("Parts multiply to the shape; their counts are the formulas of each method, and the paying rank is the last one that is smaller")
    func counts() {
        for (method, weights) in Self.cases {
            let (groups, outputs, inputs, window) = (weights.groups, weights.shape[0], weights.shape[1], weights.window)
            let (kh, kw) = (weights.kernel.first ?? 1, weights.kernel.dropFirst().reduce(1, *))
            let strides = weights.kernel.indices.map { $0 + 2 }
            for share in [0.0, 0.2, 0.5, 1] {
                let made = LowRank(.share(share), method: method).factorization(of: weights)
                let (r, q) = (made.first, made.last)
                let expected = [
                    FactorMethod.channel: r * (inputs * window * groups + outputs), .spatial: r * (inputs * kh * groups + outputs * kw),
                    .tucker: r * inputs * groups + r * q * window * groups + q * outputs,
                ]
                let wide = [
                    FactorMethod.channel: 0, .spatial: r * groups * inputs * kh * ((strides.last ?? 1) - 1),
                    .tucker: r * groups * inputs * (strides.reduce(1, *) - 1),
                ]
                #expect(made.parameterCount(of: weights) == expected[method], "\(method) \(weights)")
                #expect(made.multiplyAdds(of: weights, strides: strides) == (expected[method] ?? 0) + (wide[method] ?? 0))
                #expect(zip(made.ranks, method.largestRanks(of: weights)).allSatisfy { 1...$1 ~= $0 })
                for part in made.parts(of: weights) { #expect(part.shape[0] % groups == 0 && part.shape.rank == weights.shape.rank) }
            }
            let smaller = (1...64).map { LowRank(.number($0), method: method).factorization(of: weights) }
                .filter { $0.parameterCount(of: weights) < weights.shape.count }
            #expect(LowRank(.number(1), method: method).paying(of: weights)?.ranks == smaller.last?.ranks, "\(method) \(weights)")
        }
    }

    @Test("Two ranks of Tucker follow from one share, from a number of their own, and fill each other")
    func tucker() {
        let weights = WeightGeometry([128, 64, 3, 3])
        #expect(LowRank(.share(0.5), method: .tucker).factorization(of: weights).text == "32/64")
        #expect(LowRank(.share(0.5), method: .tucker, outputs: .number(16)).factorization(of: weights).ranks == [32, 16])
        #expect(LowRank(.number(90), method: .tucker).factorization(of: weights).ranks == [64, 90])
        #expect(LowRank(.number(64), method: .tucker, outputs: .number(1)).factorization(of: weights).ranks == [9, 1])
        #expect(LowRank(.share(1), method: .tucker).factorization(of: WeightGeometry([100, 2, 3, 3])).ranks == [2, 16])
    }

    @Test("What has no factors says why")
    func obstacles() {
        let depthwise = WeightGeometry([8, 1, 3, 3], groups: 8)
        for method in FactorMethod.allCases { #expect(method.obstacle(in: depthwise)?.contains("depthwise") == true) }
        #expect(FactorMethod.spatial.obstacle(in: WeightGeometry([8, 4]))?.contains("no window") == true)
        #expect(FactorMethod.tucker.obstacle(in: WeightGeometry([8, 4]))?.contains("no window") == true)
        for shape in [Shape([8, 4, 3]), [8, 4, 3, 3, 3]] {
            #expect(FactorMethod.spatial.obstacle(in: WeightGeometry(shape))?.contains("two axes") == true)
            #expect(FactorMethod.tucker.obstacle(in: WeightGeometry(shape)) == nil)
        }
    }

    @Test("A plain rank is coded as before; every other one comes back, and early readers don't take it for a plain one")
    func coding() throws {
        let plain = #"{"factors":{"_0":{"share":{"_0":0.25}}}}"#
        #expect(try JSONDecoder().decode(WeightRepresentation.self, from: Data(plain.utf8)) == .factors(.share(0.25)))
        #expect(String(decoding: try JSONEncoder().encode(WeightRepresentation.factors(.share(0.25))), as: UTF8.self) == plain)
        let number = try JSONEncoder().encode(LowRank.number(7))
        #expect(String(decoding: number, as: UTF8.self) == #"{"number":{"_0":7}}"#)
        let others = [
            LowRank(.share(0.5), method: .spatial), LowRank(.number(3), weighting: .outputs),
            LowRank(.share(0.1), method: .tucker, outputs: .number(4)), LowRank(.share(0.1), method: .tucker, outputs: .share(0.4)),
        ]
        for rank in others {
            let data = try JSONEncoder().encode(rank)
            #expect(try JSONDecoder().decode(LowRank.self, from: data) == rank)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(LowRank.Amount.self, from: data) }
        }
    }
}
