import Foundation
import Networks
import Tensors

extension DataParts {
    /// Finds what a folder or file holds, by content first, then by names: IDX pairs, CIFAR's binary files, arrays (NPY, NPZ, safetensors), pictures.
    ///
    /// Throws where it holds nothing that is known, a damaged file, or several data sets. Cost: O(files), headers only.
    init(path: String, for network: ClassFacts) throws(FormatError) {
        self = try Self.checkIsThere(path) ? Self.folder(path, network) : Self.file(path, network)
    }

    /// Whether it is a folder. Throws where there is nothing of that name.
    @discardableResult
    static func checkIsThere(_ path: String) throws(FormatError) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FormatError(
                .notFound, file: path, reading: "data folder", expected: "a folder that can be read", actual: "none",
                cure: DatasetLoader.cure)
        }
        return isFolder.boolValue
    }

    private static func folder(_ path: String, _ network: ClassFacts) throws(FormatError) -> DataParts {
        let missing: FormatError
        do throws(FormatError) {
            return DataParts(try DataCatalog(directory: path))
        } catch {
            guard error.kind == .missing else { throw error }
            missing = error
        }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        if let parts = try CIFARPart.parts(path, names, classCount: network.classCount) { return parts }
        let files = names.filter { ArrayFiles.extensions.contains(($0 as NSString).pathExtension.lowercased()) }
        if !files.isEmpty { return try arrays(files.map { path + "/" + $0 }, of: path, network) }
        if let parts = try PicturePart.parts(path) { return parts }
        throw missing
    }

    private static func file(_ path: String, _ network: ClassFacts) throws(FormatError) -> DataParts {
        let file = try MappedFile(path: path, mappingFrom: 1)
        guard ArrayFiles.extensions.contains((path as NSString).pathExtension.lowercased()) else {
            throw FormatError(
                .wrongFormat, file: path, offset: file.count == 0 ? nil : 0, reading: "data",
                expected: "a folder, or an NPY, NPZ or safetensors file",
                actual: "another file", cure: Self.cure(path))
        }
        return try arrays([path], of: path, network)
    }

    /// What makes data of a file that is none: a table in text becomes an archive.
    private static func cure(_ path: String) -> String {
        let delimiters = ["csv": "','", "tsv": "'\\t'", "txt": "None"]
        guard let delimiter = delimiters[(path as NSString).pathExtension.lowercased()] else {
            return "Name the folder that it lies in with --data DIR."
        }
        return
            "A table becomes an NPZ in NumPy, with the labels in its last column: t = numpy.loadtxt(FILE, delimiter=\(delimiter), skiprows=1); "
            + "numpy.savez('set.npz', x=t[:, :-1].astype('float32'), y=t[:, -1].astype('int64'))."
    }

    private static func arrays(_ paths: [String], of place: String, _ network: ClassFacts) throws(FormatError) -> DataParts {
        let arrays = try ArrayFiles.arrays(paths, inputs: network.inputs)
        if let parts = try DataParts(arrays: arrays, for: network) { return parts }
        // A single array can't be anything else, whatever it is called.
        if arrays.count == 1, var only = arrays.first {
            only.name = "inputs"
            if let parts = try DataParts(arrays: [only], for: network) { return parts }
        }
        throw FormatError(
            .missing, file: place, reading: "arrays",
            expected: "inputs and labels by names such as x and y, images and labels, x_train and y_train",
            actual: arrays.isEmpty ? "none" : quoted(arrays.map(\.name)))
    }

    init(_ catalog: DataCatalog) {
        training = catalog.training.map(IDXPart.init)
        test = IDXPart(pair: catalog.test)
    }
}
