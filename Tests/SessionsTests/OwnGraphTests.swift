import Compression
import Formats
import Foundation
import GRDB
import Networks
import Sessions
import Tensors
import TestSupport
import Testing

@Suite("States with a graph of their own in a session")
struct OwnGraphTests {
    let folder: TemporaryFolder
    let sessions: SessionFolder

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    /// A random network as it is read from a file.
    private func read(_ seed: UInt64) throws -> Network {
        try NetworkReader.read(NetworkWriter.data(of: RandomNetwork.network(seed: seed), file: "a.onnx"), path: "a.onnx")
    }

    /// A session with one such state, closed, and its path.
    private func keep(_ state: TrainedState, of opened: Network, as name: String) throws -> String {
        let session = try OpenSession.create(name, in: sessions, identity: StateSample.identity, plan: CompressionPlan())
        session.writer.save(StateRecord(state: state, parent: nil, created: 1), of: opened)
        let change = PlanChange(
            label: "fold", key: "state", time: 1, before: [:], after: [:], state: .init(before: nil, after: state.id))
        session.writer.record(.put(change, position: 0), plan: CompressionPlan(), sequence: 1)
        #expect(session.writer.drain())
        for case .notWritten(let error) in session.writer.takeEvents() { throw error }
        session.writer.close()
        return session.path
    }

    @Test("A state whose graph has no form in a file is left out, and what is posted with it and after it is written")
    func withoutForm() throws {
        var count = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let opened = try read(seed)
            let settings = Dictionary(opened.layers.map { ($0.weight, ActivationQuantization.clipped(bits: 4, clip: .calibrated)) }) {
                first, _ in first
            }
            let cut = opened.applying(.quantizeActivations(settings))
            guard (try? NetworkWriter.data(of: cut, file: "a.onnx")) == nil else { continue }
            count += 1
            let session = try OpenSession.create("n\(seed)", in: sessions, identity: StateSample.identity, plan: CompressionPlan())
            session.writer.save(StateRecord(state: TrainedState(id: "cut", network: cut), parent: nil, created: 1), of: opened)
            session.writer.record(
                .put(PlanChange(label: "cut", key: "state", time: 1, before: [:], after: [:]), position: 0), plan: CompressionPlan(),
                sequence: 1)
            #expect(session.writer.drain())
            let refused = session.writer.takeEvents().contains {
                if case .notWritten(.noGraph(state: "cut", reason: _)) = $0 { true } else { false }
            }
            session.writer.record(
                .put(PlanChange(label: "next", key: "state", time: 2, before: [:], after: [:]), position: 1), plan: CompressionPlan(),
                sequence: 2)
            #expect(refused && session.writer.close())
            #expect(try SessionFolder.read(path: session.path).history.changes.map(\.label) == ["cut", "next"])
        }
        #expect(count > 3)
    }

    @Test("Learned clips of sums come back")
    func clipsOfSums() throws {
        let data = try NetworkWriter.data(of: ChannelNetwork.network(.residualB), file: "a.onnx")
        let opened = try NetworkReader.read(data, path: "a.onnx")
        var state = TrainedState(id: "sums", network: opened)
        for (place, junction) in opened.junctions.enumerated() {
            state.parameters[junction.clip] = Tensor(shape: [1], floats: [Float(place) + 1.5])
        }
        let back = try SessionFolder.state("sums", path: keep(state, of: opened, as: "sums"), of: opened)
        #expect(back.clips(of: opened) == state.clips(of: opened) && back.clips(of: opened).count == 4)
    }

    @Test("Random networks with their normalizations folded in come back: nodes, values, what was folded, and the logits")
    func roundTrip() throws {
        var count = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            let opened = try read(seed)
            let folded = opened.applying(.foldBatchNormalization)
            guard folded.nodes.count < opened.nodes.count else { continue }
            count += 1
            let state = TrainedState(id: "folded", network: folded)
            let back = try SessionFolder.state("folded", path: keep(state, of: opened, as: "s\(seed)"), of: opened)
            let network = back.base(of: opened)
            try network.check()
            #expect(back.graph == state.graph && network.nodes == folded.nodes && network.folded == folded.folded, "seed \(seed)")
            #expect(network.inputs == folded.inputs && network.outputs.map(\.name) == folded.outputs.map(\.name), "seed \(seed)")
            for (name, parameter) in folded.parameters {
                #expect(network.parameters[name]?.role == parameter.role, "seed \(seed) \(name)")
                #expect(network.parameters[name]?.values.floats.map(\.bitPattern) == parameter.values.floats.map(\.bitPattern))
            }
        }
        #expect(count > 10)
    }

    @Test("What is kept of a graph and was changed is refused with the state's name, whatever the change")
    func damaged() throws {
        let folding = try (1...60).first { try read($0).applying(.foldBatchNormalization).nodes.count < read($0).nodes.count }
        let opened = try read(try #require(folding))
        let state = TrainedState(id: "folded", network: opened.applying(.foldBatchNormalization))
        let statements = [
            "DELETE FROM stateTensor WHERE kind = 'graph'", "UPDATE stateTensor SET kind = 'mask' WHERE kind = 'graph'",
            "UPDATE stateTensor SET shape = '[9000000000000]' WHERE kind = 'graph'",
            "UPDATE stateTensor SET shape = '[-4]' WHERE kind = 'graph'",
            "UPDATE blob SET bytes = zeroblob(40)", "UPDATE stateTensor SET shape = '[4611686018427387904,4]' WHERE kind = 'parameter'",
            "UPDATE blob SET encoding = 'palette'", "UPDATE stateTensor SET name = name || 'x' WHERE kind = 'parameter'",
            "UPDATE stateTensor SET type = 'uint8' WHERE kind = 'parameter'",
        ]
        for (index, statement) in statements.enumerated() {
            let path = try keep(state, of: opened, as: "d\(index)")
            let database = try DatabaseQueue(path: path)
            try database.write { try $0.execute(sql: statement) }
            try database.close()
            #expect(throws: SessionError.self, "\(statement)") { try SessionFolder.state("folded", path: path, of: opened) }
        }
    }
}
