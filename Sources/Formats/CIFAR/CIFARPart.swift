import Foundation
import Networks
import Tensors

/// Files of CIFAR-10 or CIFAR-100 in their binary version (A. Krizhevsky, 2009): records of one label or two (coarse, fine) and 3 · 32 · 32 bytes.
struct CIFARPart: DataPart {
    let paths: [String]
    /// Labels of a record: 1 for CIFAR-10, 2 for CIFAR-100.
    let labelCount: Int
    /// Records of each file.
    let counts: [Int]
    /// Whether the coarse label of two counts: where the network has 20 classes.
    var isCoarse: Bool
    let names: [String]?

    static let pixelCount = 3 * 32 * 32

    var path: String { paths[0] }
    var count: Int { counts.reduce(0, +) }
    var isSorted: Bool { false }
    var classNames: [String]? { names }
    private var recordSize: Int { labelCount + Self.pixelCount }

    /// Looks at the sizes. Throws where one is no whole number of records.
    init(paths: [String], labelCount: Int, isCoarse: Bool) throws(FormatError) {
        (self.paths, self.labelCount, self.isCoarse) = (paths, labelCount, isCoarse)
        let size = labelCount + Self.pixelCount
        var counts: [Int] = []
        for path in paths {
            let file = try MappedFile(path: path, mappingFrom: 1)
            guard file.count > 0, file.count.isMultiple(of: size) else {
                throw FormatError(
                    .truncated, file: path, offset: file.count / size * size, reading: "CIFAR records",
                    expected: "whole records of \(size) bytes (\(labelCount == 1 ? "CIFAR-10" : "CIFAR-100"))",
                    actual: "\(file.count) bytes")
            }
            counts.append(file.count / size)
        }
        self.counts = counts
        names = Self.names(beside: paths[0], labelCount: labelCount, isCoarse: isCoarse)
    }

    /// The lines of the file of names that belongs to the data set; nil where it is missing or has another number of them.
    private static func names(beside path: String, labelCount: Int, isCoarse: Bool) -> [String]? {
        let file = labelCount == 1 ? "batches.meta.txt" : isCoarse ? "coarse_label_names.txt" : "fine_label_names.txt"
        let url = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(file)
        guard let file = try? MappedFile(path: url.path), file.count < 1 << 16 else { return nil }
        let lines = withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }.split(whereSeparator: \.isNewline)
        return lines.count == (labelCount == 1 ? 10 : isCoarse ? 20 : 100) ? lines.map(String.init) : nil
    }

    func labels() throws(FormatError) -> [Int32]? {
        let classes = labelCount == 1 ? 10 : isCoarse ? 20 : 100
        let place = labelCount == 2 && !isCoarse ? 1 : 0
        var labels: [Int32] = []
        for (path, count) in zip(paths, counts) {
            let file = try opened(path, count)
            for record in 0..<count {
                let label = file.bytes[record * recordSize + place]
                guard label < classes else {
                    throw FormatError(
                        .malformed, file: path, offset: record * recordSize + place, reading: "label \(record + 1)",
                        expected: "a class from 0 to \(classes - 1)", actual: "\(label)")
                }
                labels.append(Int32(label))
            }
        }
        return labels
    }

    func examples(_ rows: [Int], for target: InputTarget) throws(FormatError) -> StoredExamples {
        var files: [MappedFile] = []
        for (path, count) in zip(paths, counts) { files.append(try opened(path, count)) }
        let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        let storage = TensorStorage(byteCount: rows.count * Self.pixelCount) { memory in
            for (place, row) in rows.enumerated() {
                let file = (starts.firstIndex { $0 > row } ?? 1) - 1
                let start = (row - starts[file]) * recordSize + labelCount
                UnsafeMutableRawBufferPointer(rebasing: memory[place * Self.pixelCount..<(place + 1) * Self.pixelCount])
                    .copyMemory(from: files[file].slice(start..<start + Self.pixelCount))
            }
        }
        for file in files { try file.checkUnchanged() }
        let inputs = Tensor(shape: [rows.count, 3, 32, 32], elementType: .uint8, storage: storage)
        return StoredExamples(inputs: inputs, stored: "3×32×32 uint8", layout: .nchw)
    }

    /// Read again, because it may have changed since its size was looked at.
    private func opened(_ path: String, _ count: Int) throws(FormatError) -> MappedFile {
        let file = try MappedFile(path: path)
        guard file.count == count * recordSize else {
            throw FormatError(
                .truncated, file: path, offset: file.count, reading: "CIFAR records", expected: "\(count * recordSize) bytes",
                actual: "\(file.count)", cure: "Another program may be writing it; try again.")
        }
        return file
    }

    /// The parts of a folder; nil where its names are not those of CIFAR.
    static func parts(_ directory: String, _ names: [String], classCount: Int?) throws(FormatError) -> DataParts? {
        func paths(_ chosen: [String]) -> [String] { chosen.map { URL(fileURLWithPath: directory).appendingPathComponent($0).path } }
        let batches = names.filter { $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin") }
        if !batches.isEmpty || names.contains("test_batch.bin") {
            var parts = DataParts()
            if !batches.isEmpty { parts.training = try CIFARPart(paths: paths(batches), labelCount: 1, isCoarse: false) }
            if names.contains("test_batch.bin") {
                parts.test = try CIFARPart(paths: paths(["test_batch.bin"]), labelCount: 1, isCoarse: false)
            }
            return parts
        }
        guard names.contains("train.bin") || names.contains("test.bin") else { return nil }
        var parts = DataParts()
        let isCoarse = classCount == 20
        if names.contains("train.bin") { parts.training = try CIFARPart(paths: paths(["train.bin"]), labelCount: 2, isCoarse: isCoarse) }
        if names.contains("test.bin") { parts.test = try CIFARPart(paths: paths(["test.bin"]), labelCount: 2, isCoarse: isCoarse) }
        return parts
    }
}
