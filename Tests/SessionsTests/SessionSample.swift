import Compression
import Foundation
import GRDB
import Networks
import Reports
import Sessions

/// A small session, its plans and its changes.
enum SessionSample {
    static let identity = SessionIdentity(
        network: NetworkIdentity(name: "tiny", parameters: 10, sha256: "ab", fileBytes: 40), networkPath: "tiny.onnx", data: nil)

    static func plan(_ ratio: Double) -> CompressionPlan {
        CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .ratio(ratio)))])
    }

    static func change(to ratio: Double) -> HistoryChange {
        .put(
            PlanChange(
                label: "fc1 ratio", key: "fc1.weight/ratio", time: 1, before: ["fc1.weight": LayerPlan()],
                after: ["fc1.weight": LayerPlan(pruning: .ratio(ratio))]), position: 0)
    }

    static func snapshot(_ name: String) -> Snapshot {
        Snapshot(
            id: 0, name: name, note: "", created: 5, plan: plan(0),
            report: Report(
                network: identity.network, data: nil, accuracy: nil, bytes: NetworkBytes(original: 40, compressed: 8, others: 4),
                sparsity: 0, plan: plan(0), layers: [],
                environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1)))
    }

    static func create(_ name: String, in folder: SessionFolder) throws -> OpenSession {
        try OpenSession.create(name, in: folder, identity: identity, plan: plan(0))
    }

    /// Makes a session with one change and four snapshots, and leaves it.
    static func make(_ name: String, in folder: SessionFolder, ratio: Double = 1) throws -> String {
        let made = try create(name, in: folder)
        made.writer.record(change(to: ratio), plan: plan(ratio), sequence: 1)
        for number in 1...4 { made.writer.save(snapshot("s\(number)")) }
        made.writer.close()
        return made.path
    }

    /// Runs SQL on a session that nobody has open, without a log.
    static func edit(_ path: String, _ sql: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE; " + sql) }
        try database.close()
    }
}

extension TemporaryFolder {
    /// Every file with inode, mode, size, time of its change and content, so that nothing can change unseen.
    func state() throws -> [String: String] {
        var state: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            var facts = stat()
            lstat(path + "/" + name, &facts)
            let bytes = facts.st_mode & S_IFMT == S_IFREG ? try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) : Data()
            let time = "\(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)"
            state[name] = "\(facts.st_ino) \(facts.st_mode) \(facts.st_size) \(time) \(bytes.hashValue)"
        }
        return state
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
