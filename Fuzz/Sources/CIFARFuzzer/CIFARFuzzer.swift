import Formats
import FuzzSupport

/// Reads a file of CIFAR-10 and one of CIFAR-100 of these bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCIFAR(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard count > 0, let start else { return 0 }
    // The first byte chooses the form; each has a folder of its own.
    let isFine = start[0] & 1 == 1
    let name = isFine ? "test.bin" : "test_batch.bin"
    let path = FuzzFolder.write(start + 1, count - 1, as: name, in: isFine ? "hundred" : "ten")
    let folder = String(path.dropLast(name.count + 1))
    do throws(FormatError) {
        let data = try DatasetLoader(directory: folder, environment: [:]).load(.test)
        precondition(data.inputs.shape == [data.count, 3, 32, 32] && data.labels.allSatisfy { (0..<100).contains($0) })
    } catch { precondition(!error.message.isEmpty) }
    return 0
}
