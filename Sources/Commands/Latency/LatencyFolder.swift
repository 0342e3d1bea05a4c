import Compression
import Engine
import Files
import Foundation

/// The tables of times that were measured on this machine: one file for each device, in the state folder.
struct LatencyFolder {
    let folder: URL

    init(_ locations: Locations) { folder = locations.state.appendingPathComponent("latency") }

    /// The table of a device; an empty one where nothing was measured on it, or what was kept can't be read.
    func table(of device: LatencyDevice) -> LatencyTable {
        guard let data = try? Data(contentsOf: file(of: device)), let kept = try? JSONDecoder().decode(LatencyTable.self, from: data),
            kept.device == device
        else { return LatencyTable(device) }
        return kept
    }

    /// Keeps a table; a folder that can't be written is no reason to stop, so that false says so.
    @discardableResult
    func keep(_ table: LatencyTable) -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try OutputFile.write([try encoder.encode(table)], to: file(of: table.device).path, isOwn: true)
            return true
        } catch {
            return false
        }
    }

    private func file(of device: LatencyDevice) -> URL {
        let words = "\(device.name) \(device.instructionSet) \(device.threads) \(device.batch) \(device.kernels)"
        let name = words.map { $0.isLetter || $0.isNumber ? String($0).lowercased() : "-" }.joined()
        return folder.appendingPathComponent(String(name.prefix(200)) + ".json")
    }
}

extension LatencyReport: Recorded {
    /// Times belong to the machine, not to the session.
    func record(in loop: ExploreLoop) {
        if isOver { loop.keep(table) }
    }
}
