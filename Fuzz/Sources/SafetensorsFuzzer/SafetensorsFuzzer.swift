import Formats
import FuzzSupport

/// Reads a safetensors file and, where it holds examples, those.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let path = FuzzFolder.write(start, count, as: "x.safetensors")
    do throws(FormatError) {
        for tensor in try Safetensors(path: path).tensors.values {
            precondition(tensor.floats.count == tensor.count, "a tensor of another size than it says")
        }
        let data = try DatasetLoader(directory: path, environment: [:]).load(.validation)
        precondition(data.inputs.floats.count == data.inputs.count)
    } catch { precondition(!error.message.isEmpty) }
    return 0
}
