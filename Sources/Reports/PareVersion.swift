/// The version of this program, as `pare --version` prints it and every report records it.
public enum PareVersion {
    public static let current = "0.1.0"
}
