import ArgumentParser
import Foundation
import Networks

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
    }

    var message: String
    var code: Code

    init(_ message: String, _ code: Code) {
        self.message = message
        self.code = code
    }

    var description: String { message }

    /// Runs `body`; any error is printed as `pare: …` and ends the program with its code.
    static func reporting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as CommandFailure {
            Standard.error("pare: \(failure.message)")
            throw ExitCode(failure.code.rawValue)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            Standard.error("pare: \(error)")
            throw ExitCode(Code.software.rawValue)
        }
    }
}

/// The standard streams: data go to stdout, messages to stderr. Control characters, which names from files may hold, are escaped.
enum Standard {
    static func output(_ text: String) {
        FileHandle.standardOutput.write(Data((text.escapingControls(keepsLines: true) + "\n").utf8))
    }
    static func output(_ data: Data) { FileHandle.standardOutput.write(data) }
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text.escapingControls(keepsLines: true) + "\n").utf8))
    }
}
