import ArgumentParser
import Terminal

/// The program: starts itself again once with the environment that its libraries need, parses the arguments and runs a command.
public enum Program {
    public static func run() {
        Reexecution.runOnce()
        PareCommand.main()
    }
}
