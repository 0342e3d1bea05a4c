import Foundation
import Sessions
import Tensors
import Testing

/// `kill -9` at random moments while the states of finished epochs are being written.
///
/// The tests start themselves again as another process, which writes one epoch after another and says when each is on the disk. After the
/// kill the session must open at an epoch that is not older than the last one that was said to be there, whole to the bit.
@Suite("Killed while training", .serialized)
struct KilledTrainingTests {
    /// Where the other process writes; set in it alone.
    private static let place = ProcessInfo.processInfo.environment["PARE_TEST_KILLED_TRAINING"]
    private static let word = "epoch-is-written:"

    @Test("15 times: opened at the last finished epoch, to the bit", .enabled(if: place == nil))
    func kills() throws {
        var generator = SeededGenerator(seed: 4)
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        var reached = 0
        for round in 0..<15 {
            let made = try OpenSession.create("k\(round)", in: sessions, identity: StateSample.identity, plan: StateSample.plan)
            made.writer.close()
            let said = try killedChild(path: made.path, after: Int.random(in: 0...8, using: &generator), &generator)
            let opened = try OpenSession.open("k\(round)", in: sessions)
            defer { opened.writer.close() }
            let training = try #require(opened.contents.interruption)
            #expect(training.finishedEpochs >= said)
            #expect(opened.contents.state == training.last)
            reached += training.finishedEpochs
            if training.finishedEpochs > 0 {
                let state = try #require(try opened.state(of: StateSample.network))
                #expect(StateSample.differences(state, StateSample.state(UInt64(training.finishedEpochs))) == [])
            }
        }
        #expect(reached > 15)
    }

    /// Starts the other process, kills it some way after it said so many epochs; returns how many it said in all.
    private func killedChild(path: String, after epochs: Int, _ generator: inout SeededGenerator) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "KilledTrainingTests"]
        process.environment = ProcessInfo.processInfo.environment.merging(["PARE_TEST_KILLED_TRAINING": path]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        func said() -> Int { text.components(separatedBy: Self.word).count - 1 }
        // The first word says that the training has begun.
        while said() < epochs + 1 {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the other process ended: \(text)")
            text += String(decoding: more, as: UTF8.self)
        }
        // Some way into the writing of the next epoch.
        for _ in 0..<Int.random(in: 0...200_000, using: &generator) { _ = generator.next() }
        kill(process.processIdentifier, SIGKILL)
        text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return said() - 1
    }

    @Test("The other process: writes epochs until it is killed", .enabled(if: place != nil))
    func writesUntilKilled() throws {
        let path = try #require(Self.place)
        let sessions = SessionFolder(own: (path as NSString).deletingLastPathComponent)
        let opened = try OpenSession.open(SessionFolder.name(ofPath: path), in: sessions)
        opened.writer.begin(StateSample.training("t"))
        opened.writer.drain()
        for seed in 1...5000 as ClosedRange<UInt64> {
            FileHandle.standardOutput.write(Data("\n\(Self.word)\n".utf8))
            opened.writer.save(StateSample.record(seed, training: "t", isBest: seed % 3 == 0), of: StateSample.network)
            opened.writer.drain()
        }
    }
}
