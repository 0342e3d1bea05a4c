import Foundation

/// Requests come as lines of words, each answer goes as one line of JSON; so the caller decides whose turn it is.
enum Conversation {
    /// Answers every line of stdin until its end.
    static func answer(_ reply: ([String]) throws -> any Encodable) throws {
        while let line = readLine() {
            try write(try reply(line.split(separator: " ").map(String.init)))
        }
    }

    /// One answer without a question.
    static func write(_ value: any Encodable) throws {
        var line = try JSONEncoder().encode(value)
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardOutput.write(line)
    }
}

/// Why a case can't be measured.
enum BenchmarkFailure: Error {
    case usage(String)
    case noAccuracy(reason: String)
    case unexpectedScreen(expected: String, screen: String)
    case noStatistics(path: String)
    case wrongLevels
}

/// Seconds on the monotonic clock.
enum Stopwatch {
    static func measure<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
        let start = ContinuousClock.now
        let result = try body()
        return (result, seconds(since: start))
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}
