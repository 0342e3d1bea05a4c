import OrderedCollections
import Tensors

/// NumPy's archive of arrays: a ZIP file of NPY files, stored or deflated.
enum NPZ {
    /// The arrays in the order of the archive, under their names without `.npy`. Stored ones are views of the file.
    static func tensors(_ archive: ZipArchive) throws(FormatError) -> OrderedDictionary<String, Tensor> {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        try archive.checkOverlaps()
        for entry in archive.entries {
            guard entry.name.hasSuffix(".npy") else {
                throw archive.refusal(
                    entry, .wrongFormat, "arrays named ….npy only", "another file", cure: "Give a file that numpy.savez wrote.")
            }
            let (storage, range) = try archive.content(of: entry)
            let name = String(entry.name.dropLast(4))
            tensors[name] = try NPY.tensor(in: storage, range, file: archive.file.path, reading: "NPY array \(quoted(name))")
        }
        return tensors
    }
}
