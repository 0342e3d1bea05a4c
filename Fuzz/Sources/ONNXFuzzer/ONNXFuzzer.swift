import Formats
import FuzzSupport
import Networks

/// Reads a network: its parameters must have the values that they say, and a graph that can be run shapes throughout.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNX(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let path = FuzzFolder.write(start, count, as: "network.onnx")
    do throws(FormatError) {
        let network = try NetworkReader.read(path)
        for parameter in network.parameters.values {
            precondition(parameter.values.floats.count == parameter.count, "a parameter of another size than it says")
        }
        _ = try? network.shapes(batch: 2)
        _ = network.layers.count
    } catch { precondition(!error.message.isEmpty) }
    return 0
}
