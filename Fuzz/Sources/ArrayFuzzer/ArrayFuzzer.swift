import Formats
import FuzzSupport
import Networks

/// Reads an NPY or NPZ file as examples: what was read must have as many values as it says, whatever the file claims.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzArrays(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let isArchive = NPZ.isArchive(UnsafeRawBufferPointer(start: start, count: count))
    let path = FuzzFolder.write(start, count, as: isArchive ? "x.npz" : "x.npy")
    do throws(FormatError) {
        let data = try DatasetLoader(directory: path, environment: [:]).load(.validation)
        precondition(data.count > 0 && data.inputs.floats.count == data.inputs.count, "other values than the shape says")
        _ = try? data.pixels(of: data.count - 1)
    } catch { precondition(!error.message.isEmpty) }
    return 0
}
