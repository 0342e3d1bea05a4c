import ArgumentParser
import Compression
import Engine
import Foundation
import Kernels
import Networks

/// Whether a report says milliseconds, and of which device.
struct LatencyOptions: ParsableArguments {
    @Flag(help: "Time each layer and the network on this machine; what was timed before is kept.")
    var ms = false

    @Option(help: ArgumentHelp("Examples of one batch that is timed.", valueName: "n"))
    var batch: Int = 1

    @Option(help: ArgumentHelp("Milliseconds of another device, as the runner of `pare latency probe` prints them.", valueName: "file"))
    var latency: String?

    func validate() throws {
        try LatencyBatch.check(batch)
        if ms, latency != nil { throw ValidationError("Give either --ms or --latency, not both.") }
    }

    /// The times of what a plan makes of a network, nil where none are asked for; and what is to be said of them.
    func times(of applied: Applied?, locations: Locations) throws(CommandFailure) -> (times: LatencySum?, remark: String?) {
        guard ms || latency != nil else { return (nil, nil) }
        guard let applied else { throw CommandFailure("This network is too large to be timed, it is read layer by layer.", .unavailable) }
        let other = try latency.map { path throws(CommandFailure) in try Self.read(path) }
        do throws(ShapeError) {
            var (table, remark): (LatencyTable?, String?) = (other, nil)
            if table == nil { (table, remark) = try measured(applied.network, locations) }
            let times = try table.map { table throws(ShapeError) in
                try LatencySum(of: applied.network, in: table, zeros: applied.network.listedZeros, owner: applied.weight(heldBy:))
            }
            return (times, remark)
        } catch {
            throw CommandFailure("\(applied.network.name) can't be timed: \(error)", .badData)
        }
    }

    /// Times what is not in the kept table yet, and keeps it.
    private func measured(_ network: Network, _ locations: Locations) throws(ShapeError) -> (LatencyTable, String?) {
        let folder = LatencyFolder(locations)
        let threads = KernelLibrary.defaultThreadCount
        KernelLibrary.setThreads(threads)
        let known = folder.table(of: .local(threads: threads, batch: batch))
        let measurement = try LatencyMeasurement(network, known: known, otherOptions: true)
        while measurement.step() {}
        folder.keep(measurement.table)
        let missed = measurement.missed
        let words = "others had the processor too often, or it can't be run: asked again, Pare tries again"
        return (measurement.table, missed == 0 ? nil : "\(missed) of \(measurement.total) could not be timed: \(words)")
    }

    /// Throws where the file is missing or has a line that is none of its kind.
    static func read(_ path: String) throws(CommandFailure) -> LatencyTable {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { throw CommandFailure("\(path) can't be read.", .noInput) }
        guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
            throw CommandFailure("\(path) is no table of times: it is no text of at most 1 MiB.", .badData)
        }
        do {
            return try LatencyTable(text: text, device: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
        } catch {
            throw CommandFailure("\(path), line \(error.line): \(error.reason).", .badData)
        }
    }
}
