import Foundation
import Sessions
import TestSupport
import Testing

/// What a session keeps of its examples, and what happens where they are others or gone.
@Suite("Examples of a session", .serialized)
struct SessionDataTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// 60 labelled images of 28×28×1 in two NPY files; `seed` makes others.
    private func writeSet(_ name: String, seed: Int = 37) throws -> String {
        func npy(_ shape: String, _ content: [UInt8]) -> Data {
            let header = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n"
            return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + content)
        }
        let folder = place.path + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let pixels = (0..<60 * 784).map { UInt8(truncatingIfNeeded: $0 / 784 * seed + $0 % 784 * $0 % 251) }
        try npy("(60, 28, 28, 1)", pixels).write(to: URL(fileURLWithPath: folder + "/x_test.npy"))
        try npy("(60,)", (0..<60).map { UInt8($0 % 10) }).write(to: URL(fileURLWithPath: folder + "/y_test.npy"))
        return folder
    }

    /// Starts a session on a set with options, and leaves it once it is measured.
    private func start(_ session: String, _ set: String) throws {
        let terminal = try place.start([
            "explore", "lenet-5", "--session", session, "--data", set, "--layout", "nhwc", "--mean", "0.5", "--std", "0.25", "--scale",
            "1/255",
        ])
        try terminal.expect("of 30")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    private func report(_ arguments: String...) throws -> (data: [String: Any], input: [String: Any], run: Workplace.Result) {
        let run = try place.run(["report"] + arguments + ["--json"])
        let data = (run.json as? [String: Any])?["data"] as? [String: Any] ?? [:]
        return (data, data["input"] as? [String: Any] ?? [:], run)
    }

    @Test("Path, kind, SHA-256 and every option of the input are kept, and a command given the session uses them")
    func kept() throws {
        let set = try writeSet("set")
        // Named from the folder that the program works in.
        try start("s", "set")
        let kept = try #require(try place.read("s").data)
        #expect(kept.path == set && kept.mean == [0.5] && kept.standardDeviation == [0.25] && kept.layout == "nhwc")
        #expect(kept.scale == Float(1) / 255 && kept.resize == nil && kept.generated == nil)
        let examples = try #require(kept.examples(of: .validation))
        #expect(examples.count == 30 && examples.sha256?.count == 64 && examples.kind == nil)
        let (data, input, run) = try report("--session", "s")
        #expect(run.code == 0 && data["sha256"] as? String == examples.sha256, "\(run.message)")
        #expect(input["mean"] as? [Double] == [0.5] && input["layout"] as? String == "nhwc")
        #expect(input["standardDeviation"] as? [Double] == [0.25])
        #expect(!run.message.contains("other examples"))
        let (_, other, _) = try report("--session", "s", "--mean", "0.75")
        #expect(other["mean"] as? [Double] == [0.75] && other["standardDeviation"] as? [Double] == [0.25], "an option goes first")
        let terminal = try place.start(["explore", "--session", "s"])
        try terminal.expect("of 30")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(try place.read("s").data == kept)
    }

    @Test("Other examples in the place of those that were measured are said, in the report and on the screen")
    func otherExamples() throws {
        let set = try writeSet("set")
        try start("s", set)
        let kept = try place.read("s").data
        _ = try writeSet("set", seed: 41)
        let (data, _, run) = try report("--session", "s")
        #expect(run.code == 0 && data["sha256"] as? String != kept?.examples(of: .validation)?.sha256)
        #expect(run.message.contains("session “s” was measured on other examples"), "\(run.message)")
        let terminal = try place.start(["explore", "--session", "s"])
        try terminal.expect("was measured on other examples")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(try place.read("s").data == kept, "what nobody named is only said")
        let named = try report("--session", "s", "--data", set)
        #expect(named.run.message.contains("was measured on other examples"))
    }

    @Test("Examples that are gone are said, and no generated inputs take their place")
    func missingExamples() throws {
        let set = try writeSet("set")
        try start("s", set)
        try FileManager.default.removeItem(atPath: set)
        let (_, _, run) = try report("--session", "s")
        #expect(run.code == 66 && run.message.contains("session “s”") && run.message.contains(set), "\(run.message)")
        let terminal = try place.start(["explore", "--session", "s"])
        try terminal.expect("The examples of session “s” can't be used")
        #expect(!terminal.screen.text.contains("generated"))
        terminal.send("q")
        _ = terminal.waitForEnd()
        #expect(try report("--session", "s", "--generate", "normal").data["kind"] as? String == "generated", "on request")
    }

    @Test("Generated inputs that were asked for are drawn again")
    func generated() throws {
        let terminal = try place.start(["explore", "lenet-5", "--session", "g", "--generate", "uniform"])
        try terminal.expect("1,000")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(try place.read("g").data?.generated == "uniform")
        let (data, _, run) = try report("--session", "g")
        #expect(run.code == 0 && data["kind"] as? String == "generated" && (data["name"] as? String)?.contains("uniform") == true)
    }
}
