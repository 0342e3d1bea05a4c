import Foundation
import Sessions
import Testing

/// The example sessions as they are read.
@Suite("Shipped sessions")
struct ShippedSessionTests {
    @Test(
        "A state's accuracy is the one that was measured again for its snapshot",
        arguments: [
            "deep-compression-lenet-5", "deep-compression-lenet-300-100",
        ])
    func accuracies(name: String) throws {
        let path = Workplace.root.appendingPathComponent("Sessions/Examples/\(name).sqlite").path
        let contents = try SessionFolder.read(path: path)
        let snapshots = contents.snapshots.filter { $0.state != nil }
        #expect(snapshots.count == 2)
        for snapshot in snapshots {
            let state = try #require(contents.states.first { $0.id == snapshot.state })
            #expect(state.accuracy == snapshot.report.accuracy?.current, "\(snapshot.name)")
        }
    }
}
