import Compression
import Exports
import Foundation
import Networks
import Tensors
import Testing

/// C source under any file name compiles, with its header.
@Suite("Names of C source")
struct CNameTests {
    private static let gcc = "/usr/bin/gcc"

    static let names = [
        "net", "my-net", "a b", "o\"q", "o'q", "o\\", "new\nline", "réseau", "网络", "3net", "_under", "a.b.c", "int x; *", "%s%n", "-o",
        "tab\t",
        "e\u{301}", "👍",
    ]

    @Test(
        "The header is named by an ASCII identifier, and both compile", .enabled(if: FileManager.default.isExecutableFile(atPath: gcc)),
        arguments: names)
    func compiles(name: String) throws {
        let folder = NSTemporaryDirectory() + "pare-names-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/" + name + ".c"
        let report = try NetworkExport.write(Applied(base: Self.network, layers: [], plan: CompressionPlan()), as: .c, to: path)
        let header = try #require(report.files.last?.path)
        let stem = String(header.dropFirst(folder.count + 1).dropLast(2))
        #expect(header.hasPrefix(folder + "/") && header.hasSuffix(".h") && FileManager.default.fileExists(atPath: header))
        #expect(stem.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil, "\(stem)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("#include \"\(stem).h\"\n"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.gcc)
        process.arguments = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-c", path, "-o", folder + "/out.o"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(name)")
    }

    @Test("Different names have different headers where they differ beyond ASCII")
    func differ() throws {
        let folder = NSTemporaryDirectory() + "pare-names-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let headers = try ["é", "ü", "réseau", "3", "my-net"].map { name in
            let planned = Applied(base: Self.network, layers: [], plan: CompressionPlan())
            let path = try NetworkExport.write(planned, as: .c, to: folder + "/" + name + ".c").files.last?.path
            return path.map { String($0.dropFirst(folder.count + 1)) }
        }
        #expect(Set(headers).count == 5 && headers.suffix(3) == ["ru00E9seau.h", "net_3.h", "my_net.h"])
    }

    /// x · w with w of 4 × 3.
    private static var network: Network {
        let weight = Parameter(
            name: "w", role: .weight, values: Tensor(shape: [4, 3], floats: (0..<12).map { Float($0) - 5.5 }))
        return Network(
            name: "n", input: "x", inputShape: [4], output: "y",
            nodes: [Node(name: "fc", operation: .gemm(Gemm()), inputs: ["x", "w"], outputs: ["y"])], parameters: ["w": weight])
    }
}
