import Compression

/// Weights that a file may declare here, so that one input stays a matter of milliseconds.
private let maximumWeights = 1 << 16

/// Reads a container and all its parameters; anything but weights of the declared count or an error with a byte of the file is a crash.
///
/// Random changes never hit a checksum, so checksums are put right first: what is tested lies behind them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzContainer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    Checksums.repair(&bytes)
    do {
        let container = try PareContainer(ContainerBytes(bytes), maximumWeights: maximumWeights)
        for (index, record) in container.records.enumerated() {
            let count = try record.tensor(index: index).count
            precondition(count == record.count, "a parameter of another size than it declares")
        }
    } catch {
        precondition((0...bytes.count).contains(error.offset), "an error beyond the file")
    }
    return 0
}
