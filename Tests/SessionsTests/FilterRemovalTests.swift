import Compression
import Formats
import Networks
import Sessions
import TestSupport
import Testing

@Suite("States without some filters in a session")
struct FilterRemovalTests {
    @Test("Random networks without some filters come back: nodes, shapes and values")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        var count = 0
        for seed in 1...30 as ClosedRange<UInt64> {
            let data = try NetworkWriter.data(of: RandomNetwork.network(seed: seed), file: "a.onnx")
            var opened = try NetworkReader.read(data, path: "a.onnx")
            // As other tools call the axis of examples, or do not.
            let axes: [NetworkValue.Axis] = [.open("batch"), .open("N"), .open(""), .fixed(1), .fixed(8)]
            opened.inputs[0].axes?[0] = axes[Int(seed) % axes.count]
            guard let layer = opened.layers.first(where: { opened.filterObstacle(of: $0) == nil }) else { continue }
            count += 1
            let state = try FilterRemoval(weight: layer.weight, count: 1).state(from: nil, of: opened)
            let session = try OpenSession.create("s\(seed)", in: sessions, identity: StateSample.identity, plan: CompressionPlan())
            session.writer.save(StateRecord(state: state, parent: nil, created: 1), of: opened)
            #expect(session.writer.drain())
            for case .notWritten(let error) in session.writer.takeEvents() { throw error }
            session.writer.close()
            let back = try SessionFolder.state(state.id, path: session.path, of: opened)
            let (network, expected) = (back.base(of: opened), state.base(of: opened))
            try network.check()
            #expect(back.graph == state.graph && network.nodes == expected.nodes && network.inputs == opened.inputs, "seed \(seed)")
            // One, or one of each part that has to stay as long as the others.
            let left = try #require(network.layer(of: layer.weight)).outputCount
            #expect(left == expected.layer(of: layer.weight)?.outputCount && left < layer.outputCount)
            for (name, parameter) in expected.parameters {
                #expect(network.parameters[name]?.shape == parameter.shape, "seed \(seed) \(name)")
                #expect(network.parameters[name]?.values.floats.map(\.bitPattern) == parameter.values.floats.map(\.bitPattern))
            }
        }
        #expect(count > 15)
    }
}
