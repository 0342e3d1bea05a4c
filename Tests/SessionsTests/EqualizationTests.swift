import Compression
import Networks
import Sessions
import Testing

@Suite("Equalized states in a session")
struct EqualizationTests {
    @Test("A trained state that was equalized comes back bit for bit, with the layers that stayed", arguments: 1...5 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let opened = StateSample.network
        let base = StateSample.state(seed)
        var balance = try RangeBalance(of: base.base(of: opened))
        while balance.step() {}
        let state = try balance.state(from: base)
        let session = try OpenSession.create(
            "s", in: SessionFolder(own: folder.path), identity: StateSample.identity, plan: CompressionPlan())
        session.writer.save(StateRecord(state: base, parent: nil, created: 1), of: opened)
        session.writer.save(StateRecord(state: state, parent: base.id, created: 2), of: opened)
        #expect(session.writer.drain())
        for case .notWritten(let error) in session.writer.takeEvents() { throw error }
        session.writer.close()
        let back = try SessionFolder.state(state.id, path: session.path, of: opened)
        #expect(back.id == state.id && back.graph == nil && Set(back.layers.keys) == Set(state.layers.keys))
        #expect(Set(back.parameters.keys) == Set(state.parameters.keys))
        for (name, values) in state.parameters {
            #expect(back.parameters[name]?.floats.map(\.bitPattern) == values.floats.map(\.bitPattern), "\(name)")
        }
    }
}
