import Compression
import Exports
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// The compiled C of small networks, operator by operator, against the reference kernels.
@Suite("Operators in C", .enabled(if: CPrograms.isAvailable))
struct COperatorTests {
    @Test("Every operator computes what the reference does")
    func operators() throws {
        try expectSame(CExamples.all, isOptimized: false)
    }

    @Test("Random networks, with what ends them, compute what the reference does")
    func random() throws {
        var networks: [Network] = []
        for seed in UInt64(0)..<60 where networks.count < 10 {
            let network = RandomNetwork.network(seed: seed)
            if (try? CSourceSize.flash(network)) != nil { networks.append(network) }
        }
        #expect(networks.count == 10)
        try expectSame(networks.map { ($0.name, $0) })
    }

    @Test("A Softmax that ends the file is computed although Pare measures the logits")
    func endings() throws {
        var network = CExamples.dense
        network.nodes.append(Node(name: "end", operation: .softmax(axis: -1), inputs: [network.output], outputs: ["p"]))
        network.output = "p"
        let measured = network.applying(.withoutFinalSoftmax())
        #expect(measured.finalSoftmax == "Softmax")
        let input = NetworkRun.input(of: network, batch: 3, seed: 5)
        let found = try CPrograms.outputs([(Applied(unchanged: measured), input)])
        let expected = try NetworkRun(network, input: input, batch: 3).output
        #expect(NetworkRun.difference(found[0], expected) <= 1e-5)
        #expect(abs(found[0].prefix(expected.count / 3).reduce(0, +) - 1) < 1e-5)
    }

    @Test("What has no C is refused by node, operator and reason")
    func refusals() throws {
        let cases: [(Networks.Operation, String)] = [
            (.unary(.sine), "The C export has no Sin (node 'odd')"),
            (
                .reduction(Reduction(function: .mean, axes: [1, 3], keepsAxes: true)),
                "ReduceMean over axes that are no neighbours (node 'odd')"
            ),
            (.binary(.power), "Pow by anything but one constant (node 'odd')"),
        ]
        for (operation, text) in cases {
            var network = CExamples.network("odd", [2, 4, 3])
            let inputs = operation == .binary(.power) ? ["x", "x"] : ["x"]
            network.nodes = [Node(name: "odd", operation: operation, inputs: inputs, outputs: ["y"])]
            let message = try #require(throws: ExportError.self) { try CSourceSize.flash(network) }
            #expect("\(message)".contains(text), "\(message)")
        }
    }

    private func expectSame(_ cases: [(name: String, network: Network)], isOptimized: Bool = true) throws {
        let examples = try cases.enumerated().map { index, example in
            try example.network.check()
            return NetworkRun.input(of: example.network, batch: 2, seed: UInt64(index))
        }
        let found = try CPrograms.outputs(zip(cases, examples).map { (Applied(unchanged: $0.network), $1) }, isOptimized: isOptimized)
        for (index, (name, network)) in cases.enumerated() {
            // One by one: the program does not mix examples, and a network may.
            let size = network.inputShape.count
            let expected = try (0..<2).flatMap {
                try NetworkRun(network, input: Array(examples[index][$0 * size..<($0 + 1) * size]), batch: 1).output
            }
            #expect(NetworkRun.difference(found[index], expected) <= 1e-5, "\(name)")
        }
    }
}

/// The report of an export that is thrown away.
enum CSourceSize {
    static func flash(_ network: Network) throws(ExportError) -> Int {
        let path = NSTemporaryDirectory() + "pare-c-size-" + UUID().uuidString + ".c"
        defer { for path in [path] + header(path) { try? FileManager.default.removeItem(atPath: path) } }
        return try NetworkExport.write(Applied(unchanged: network), as: .c, to: path).memory?.flash ?? 0
    }

    private static func header(_ path: String) -> [String] {
        [path.replacingOccurrences(of: "-", with: "_").replacingOccurrences(of: ".c", with: ".h")]
    }
}
