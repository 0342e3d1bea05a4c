import Compression
import Foundation
import Reports
import Sessions
import Testing

/// Measured points as sessions keep them.
@Suite("Points of a session")
struct PointTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder
    private static let group = FrontGroup(network: "ab", split: .validation, data: "d", count: 100, measure: "accuracy")

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private func point(_ level: Double, bytes: Int, at created: Int64, name: String? = nil) throws -> FrontPoint {
        try FrontPoint(
            group: Self.group, value: 1 - level, original: 1, gains: 0, losses: 3, bytes: bytes, originalBytes: 40,
            plan: CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .level(level)))]), name: name,
            created: created)
    }

    @Test("Points stay, the same plan is one, and its name is kept")
    func kept() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.keep(try point(0.5, bytes: 20, at: 5, name: "half"))
        made.writer.keep(try point(0.9, bytes: 5, at: 4))
        made.writer.keep(try point(0.5, bytes: 19, at: 9))
        made.writer.close()
        let points = try SessionFolder.read(path: made.path).points
        #expect(points.all.map(\.bytes) == [5, 19] && points.all.map(\.name) == [nil, "half"] && points.all.map(\.created) == [4, 5])
        #expect(points.front(of: Self.group).points.count == 2)
    }

    @Test("Snapshots that were measured are points, those of sessions of before too")
    func snapshots() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.save(SessionSample.snapshot("s1"))
        made.writer.close()
        #expect(try SessionFolder.read(path: made.path).points.all.isEmpty)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        for shipped in SessionFolder(own: root.appendingPathComponent("Sessions/Examples").path).list().sessions {
            let contents = try SessionFolder.read(path: shipped.path)
            let measured = contents.snapshots.filter { $0.report.accuracy?.isExact == true && $0.report.fileBytes != nil }
            #expect(Set(contents.points.all.compactMap(\.name)).isSubset(of: measured.map(\.name)))
            #expect(contents.points.all.isEmpty == measured.isEmpty)
        }
    }

    /// A look at a session that may not be written makes no copy of it.
    @Test("Measuring alone copies no session that may not be written")
    func readOnly() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.close()
        let own = try TemporaryFolder()
        let other = SessionFolder(own: own.path, shipped: [folder.path])
        let opened = try OpenSession.open("a", in: other)
        opened.writer.keep(try point(0.5, bytes: 20, at: 5))
        opened.writer.close()
        #expect(other.list().sessions.map(\.path) == [made.path])
        #expect(try SessionFolder.read(path: made.path).points.all.isEmpty)
    }
}
