import Formats
import FuzzSupport

/// Reads an IDX file, raw or gzip, whole and its last row.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let path = FuzzFolder.write(start, count, as: "images")
    do throws(FormatError) {
        let header = try IDXReader.header(path: path)
        // A gzip file may hold 1,032 times its size; more than this takes too long for one input.
        guard header.shape.count <= 1 << 22 else { return 0 }
        let tensor = try IDXReader.read(path: path)
        precondition(tensor.shape == header.shape && tensor.floats.count == tensor.count, "other values than the header says")
        _ = try IDXReader.read(path: path, rows: header.shape[0] - 1..<header.shape[0])
    } catch { precondition(!error.message.isEmpty) }
    return 0
}
