import ArgumentParser
import CProcess
import Foundation
import Terminal

/// The program: starts itself again once with the environment that its libraries need, parses the arguments and runs a command.
public enum Program {
    public static func run() {
        cprocess_open_standard_descriptors()
        Reexecution.runOnce()
        cprocess_make_writing_fail()
        cprocess_install_fault_handlers()
        do {
            var command = try PareCommand.parseAsRoot()
            try CommandFailure.reporting { try DescriptorLimit.check() }
            try command.run()
        } catch {
            end(error)
        }
    }

    /// Says what the parser has to say, help to stdout and mistakes to stderr, and ends with its code.
    private static func end(_ error: any Error) -> Never {
        let code = PareCommand.exitCode(for: error)
        let text = PareCommand.fullMessage(for: error)
        if !text.isEmpty {
            if code.isSuccess { Standard.output(Data((text + "\n").utf8)) } else { Standard.error(text) }
        }
        let isLost = code.isSuccess && Standard.hasLostText
        exit(isLost ? CommandFailure.Code.cannotWrite.rawValue : code.rawValue)
    }
}
