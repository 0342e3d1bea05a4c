/// How many colours a terminal has.
public enum ColorDepth: String, Hashable, Sendable, CaseIterable {
    /// 24 bits.
    case direct
    case colors256
    /// Sixteen colours whose looks the terminal decides.
    case colors16
    /// None: attributes only.
    case mono
}
