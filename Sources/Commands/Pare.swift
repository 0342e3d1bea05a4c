/// The program: parses the arguments and runs a command.
public enum Program {
    public static func run() { print("pare") }
}
