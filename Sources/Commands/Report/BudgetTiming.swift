import Compression
import Engine
import Kernels
import Networks

/// Measures what a budget in milliseconds needs, and keeps it in the state folder.
struct BudgetTiming {
    private let network: Network
    private let folder: LatencyFolder
    private var table: LatencyTable

    init(_ network: Network, batch: Int, _ locations: Locations) {
        (self.network, folder) = (network, LatencyFolder(locations))
        let threads = KernelLibrary.defaultThreadCount
        KernelLibrary.setThreads(threads)
        table = folder.table(of: .local(threads: threads, batch: batch))
    }

    /// The network, its layers under some ranks, and other works; nil for these at first. Throws where shapes do not fit.
    mutating func measured(also: [LayerWork]? = nil) throws(ShapeError) -> LayerTimes {
        if let also {
            try measure(network, also: also.map { TimedWork($0) })
        } else {
            try measure(network, also: LayerTimes(network, in: table).wanted(network.layers).map { TimedWork($0) })
        }
        return try LayerTimes(network, in: table)
    }

    /// Milliseconds of another network whole; nil where others had the processor too often.
    mutating func whole(of network: Network) throws(ShapeError) -> Double? {
        try measure(network, also: [])
        return table.measured(network: try network.timingKey())
    }

    /// The network, and its layers by lists of some shares of their weights. Throws where shapes do not fit.
    mutating func thinned() throws(ShapeError) -> LayerTimes {
        try measure(network, also: LayerTimes(network, in: table).wantedThinned(network.layers))
        return try LayerTimes(network, in: table)
    }

    /// Milliseconds of another network whole, by lists of its weights where that is faster; nil where others had the processor too often.
    mutating func wholeThinned(of network: Network) throws(ShapeError) -> Double? {
        try measure(network, also: [], byLists: true)
        let (key, listsKey) = (try network.timingKey(), try network.timingKey(zeros: network.listedZeros))
        return [table.measured(network: key), table.measured(network: listsKey, .lists)].compactMap(\.self).min()
    }

    private mutating func measure(_ network: Network, also: [TimedWork], byLists: Bool = false) throws(ShapeError) {
        let measurement = try LatencyMeasurement(network, known: table, also: also, otherOptions: byLists)
        while measurement.step() {}
        table = measurement.table
        folder.keep(table)
    }
}
