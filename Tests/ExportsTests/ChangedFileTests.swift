import Compression
import Exports
import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// No file is written from a network whose own was cut or written to meanwhile.
@Suite("Exports of files that change")
struct ChangedFileTests {
    @Test("Every format keeps the old target", arguments: ExportFormat.allCases, [true, false])
    func refused(format: ExportFormat, isCut: Bool) throws {
        let file = try ChangingFile((0..<10_000).map { Float($0 % 89) - 44 })
        var network = Network(
            name: "n", input: "x", inputShape: [100], output: "y",
            nodes: [Node(name: "fc", operation: .matrixMultiplication, inputs: ["x", "fc.weight"], outputs: ["y"])], parameters: [:])
        network.parameters["fc.weight"] = Parameter(name: "fc.weight", role: .weight, values: file.tensor([100, 100]))
        let planned = Applied(base: network, layers: [], plan: CompressionPlan())
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-exports-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = folder.appendingPathComponent("out.c").path
        try Data("before".utf8).write(to: URL(fileURLWithPath: target))
        if isCut { file.cut(to: 4096) } else { try file.overwrite() }
        let error = #expect(throws: ExportError.self) { try NetworkExport.write(planned, as: format, to: target) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(file.path) && error?.isAboutWriting == false && error?.isInternal == false)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "before")
    }
}
