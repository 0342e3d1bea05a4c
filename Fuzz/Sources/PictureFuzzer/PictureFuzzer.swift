import Formats
import Foundation
import FuzzSupport
import Networks
import Tensors

/// Two links to one file, so that the half that is validation has a picture.
private let folder: String = {
    let folder = FuzzFolder.path + "/pictures"
    mkdir(folder, 0o700)
    symlink("../picture", folder + "/a.png")
    symlink("../picture", folder + "/b.png")
    return folder
}()

/// Decodes and fits a PNG or JPEG file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPicture(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    _ = FuzzFolder.write(start, count, as: "picture")
    var loader = DatasetLoader(directory: folder, environment: [:])
    loader.inputShape = [3, 9, 7]
    do {
        let pixels = try loader.load(.validation).pixels(of: 0)
        precondition(pixels.shape == [3, 9, 7], "another shape than the network reads")
    } catch { precondition(!"\(error)".isEmpty) }
    return 0
}
