import Foundation
import Testing

/// A session with a training in it and containers of its snapshots, kept by an earlier Pare with its reports of them.
@Suite("Files of an earlier Pare")
struct EarlierFilesTests {
    private static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/Sessions")

    @Test("A session's snapshots open with the numbers that they had", arguments: ["base", "tuned"])
    func snapshot(name: String) throws {
        let place = try Workplace()
        try Self.copyFiles(to: place)
        let result = try place.run("report", "trained.onnx", "--session", "trained@\(name)", "--data", "small.npz", "--json")
        try compare(result, with: "\(name)-session.json")
    }

    /// Binary and linear layers, and those of NF4 groups, are held on the grids and tables that the file states, which the earlier Pare took for codebooks:
    /// they take what they take in it.
    @Test("A container opens with the numbers that it had", arguments: ["base", "tuned"])
    func container(name: String) throws {
        let place = try Workplace()
        try Self.copyFiles(to: place)
        let result = try place.run("report", "\(name).pare", "--data", "small.npz", "--json")
        let onGrids = [1, 2].flatMap { layer in ["centroids", "ladder", "bytes", "bits", "stored"].map { ".layers[\(layer)].\($0)" } }
        try compare(result, with: "\(name)-pare.json", but: onGrids + [".layers[3].bytes.file", ".bytes"])
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.folder.appendingPathComponent("\(name)-session.json")))
        #expect(try Self.layerBytes(result.json)[1...] == Self.layerBytes(written)[1...])
    }

    private static func layerBytes(_ report: Any?) throws -> [Int] {
        let layers = try #require((report as? [String: Any])?["layers"] as? [[String: Any]])
        return try layers.map { try #require(($0["bytes"] as? [String: Any])?["file"] as? Int) }
    }

    @Test("A snapshot's file is written as it was, byte for byte", arguments: ["base", "tuned"])
    func export(name: String) throws {
        let place = try Workplace()
        try Self.copyFiles(to: place)
        let result = try place.run("export", "trained.onnx", "--session", "trained@\(name)", "--format", "pare", "-o", "again.pare")
        #expect(result.code == 0, "\(result.message)")
        let again = try Data(contentsOf: URL(fileURLWithPath: place.path + "/again.pare"))
        #expect(again == (try Data(contentsOf: Self.folder.appendingPathComponent("\(name).pare"))))
    }

    private static func copyFiles(to place: Workplace) throws {
        try FileManager.default.createDirectory(atPath: place.path + "/sessions", withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let target = name.hasSuffix(".sqlite") ? "/sessions/" + name : "/" + name
            try FileManager.default.copyItem(atPath: folder.appendingPathComponent(name).path, toPath: place.path + target)
        }
    }

    /// That the card is named where values are below 0 came later too.
    private func compare(_ result: Workplace.Result, with file: String, but others: [String] = []) throws {
        #expect(result.code == 0, "\(result.message)")
        let text = try Data(contentsOf: Self.folder.appendingPathComponent(file))
        var differences: [String] = []
        Self.differences(try JSONSerialization.jsonObject(with: text), result.json ?? NSNull(), at: "", &differences)
        let others = others + [".data.input.normalizationFrom: assumed, now model card"]
        differences.removeAll { difference in others.contains { difference.hasPrefix($0) } }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    /// What an earlier report says otherwise; fields that came later are passed over, and what another processor may round otherwise is taken so.
    private static func differences(_ earlier: Any, _ now: Any, at path: String, _ found: inout [String]) {
        if path.hasPrefix(".environment") || path.hasPrefix(".accuracy.confusion") { return }
        switch (earlier, now) {
        case (let earlier as [String: Any], let now as [String: Any]):
            for (key, value) in earlier { differences(value, now[key] ?? NSNull(), at: "\(path).\(key)", &found) }
        case (let earlier as [Any], let now as [Any]) where earlier.count == now.count:
            for (index, (earlier, now)) in zip(earlier, now).enumerated() { differences(earlier, now, at: "\(path)[\(index)]", &found) }
        case (let earlier as NSNumber, let now as NSNumber):
            let (old, new) = (earlier.doubleValue, now.doubleValue)
            // Two examples may fall the other way, in counts and in shares of 200.
            let room = path.hasPrefix(".accuracy") ? (abs(old) > 1 ? 2 : 0.02) : 0
            if abs(old - new) > room {
                found.append("\(path): \(old), now \(new)")
            }
        default:
            if (earlier as? NSObject) != (now as? NSObject) { found.append("\(path): \(earlier), now \(now)") }
        }
    }
}
