import ArgumentParser
import CProcess
import Files
import Formats

/// An error that ends the program: a message for people on stderr and an exit code of sysexits(3).
struct CommandFailure: Error, CustomStringConvertible {
    /// The codes that Pare uses.
    enum Code: Int32 {
        case usage = 64
        case badData = 65
        case noInput = 66
        case unavailable = 69
        case software = 70
        case cannotWrite = 73
        /// Beyond those of sysexits(3): a training diverged; what was best before is kept and written.
        case diverged = 80
        /// A search did not meet its goal on the examples that confirm it; what comes nearest is written.
        case notMet = 81
    }

    var message: String
    var code: Code
    /// The signal that asked the command to end, where that is the reason: the program then ends by it.
    var signal: Int32?

    init(_ message: String, _ code: Code, signal: Int32? = nil) {
        self.message = message
        self.code = code
        self.signal = signal
    }

    /// A file that was refused: missing, the command's own output, or not to be used.
    init(_ error: FormatError) {
        self.init(error.message, error.kind == .notFound ? .noInput : error.kind == .isRead ? .usage : .badData)
    }

    var description: String { message }

    /// Runs `body`; any error is printed as `pare: …` and ends the program with its code, text that was lost with 73.
    static func reporting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as CommandFailure {
            Standard.error("pare: \(failure.message)")
            if let signal = failure.signal { cprocess_die(signal) }
            throw ExitCode(failure.code.rawValue)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            Standard.error("pare: \(error)")
            throw ExitCode(Code.software.rawValue)
        }
        if Standard.hasLostText { throw ExitCode(Code.cannotWrite.rawValue) }
    }
}

extension CommandFailure {
    /// A file that can't be written; under another name where it is one that is read.
    init(_ error: OutputError) { self.init(error.message, error.isAboutName ? .usage : .cannotWrite) }

    /// The same where a format's writer says it.
    init(writing error: FormatError) { self.init(error.message, error.kind == .isRead ? .usage : .cannotWrite) }
}
