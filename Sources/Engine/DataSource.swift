import Networks

/// Where the engine gets its examples from.
public enum DataSource: Sendable {
    /// There are none: everything but accuracy is computed.
    case none
    case ready(Dataset)
    /// Loaded by the lane after the layers are sorted, so that the first screen does not wait; the error's description is shown.
    case load(@Sendable () throws -> Dataset)
}
