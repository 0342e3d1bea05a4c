import Foundation
import Testing

/// `kill -9` while options are measured and plans are searched for; `Scripts/kills` does so twenty times each.
@Suite("Killed while measuring options", .serialized)
struct SearchKillTests {
    private static let inputs = ["--generate", "normal", "--count", "500"]

    /// Runs it, kills it after so long, and says whether it was still running.
    private func kill(_ place: Workplace, _ arguments: [String], after seconds: Double) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Workplace.program)
        (process.arguments, process.environment) = (arguments, place.environment)
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        Thread.sleep(forTimeInterval: seconds)
        let isRunning = process.isRunning
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return isRunning
    }

    /// What a command comes to, but for what one run alone did.
    private func answer(_ text: String) throws -> NSDictionary {
        var object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        (object["measured"], object["wasEnded"]) = (nil, nil)
        return object as NSDictionary
    }

    @Test(
        "Two kills: what it comes to is what an unbroken run comes to, and the test split was never measured",
        arguments: [
            ["sensitivity", "lenet-300-100", "--family", "level", "--part", "choose", "--json"],
            ["search", "lenet-300-100", "--bytes", "120000", "--family", "level", "--patience", "2", "--json"],
        ])
    func kills(arguments: [String]) throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let begin = Date()
        let whole = try place.run(arguments + Self.inputs + ["--session", "whole"])
        #expect(whole.code == 0 || whole.code == 81, "\(whole.message)")
        let seconds = Date().timeIntervalSince(begin)
        var killed = 0
        for share in [0.5, 0.4] where try kill(place, arguments + Self.inputs + ["--session", "killed"], after: share * seconds) {
            killed += 1
        }
        #expect(killed > 0)
        let again = try place.run(arguments + Self.inputs + ["--session", "killed"])
        #expect(try again.code == whole.code && answer(again.output) == answer(whole.output))
        #expect(try place.read("killed").testMeasurements == 0 && place.read("whole").testMeasurements == 0)
    }
}
