import CTerminal

/// Starting the program again, once, with the environment that its libraries read only while they are loaded.
public enum Reexecution {
    /// The variable that is set between the two starts, and gone after the second.
    static let marker = "PARE_REEXECUTED"

    /// Replaces the program by itself with `GOMP_SPINCOUNT=1000` (idle OpenMP threads stop spinning soon) and
    /// `SWIFT_BACKTRACE=interactive=no,color=no` (a crash never waits for a key); what is set already is kept.
    ///
    /// Call it as the first thing of the program: nothing opened or computed before survives. Costs about a millisecond;
    /// returns where both are set, in the second start, or where the system refuses.
    public static func runOnce() {
        cterminal_reexecute(CommandLine.unsafeArgv, marker)
    }
}
