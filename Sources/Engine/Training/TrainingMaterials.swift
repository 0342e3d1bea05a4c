import Networks

/// Where a training gets what it needs beside the network: loaded by the lane when the first training starts.
public struct TrainingMaterials: Sendable {
    /// The examples that are trained on; never those that accuracy is measured on.
    public var examples: DataSource
    /// What compensated layers are fitted to in the place of those.
    public var calibration = DataSource.none
    /// Reads a teacher's file; the error's description is shown.
    public var readTeacher: @Sendable (String) throws -> Network

    public init(
        examples: DataSource = .none, readTeacher: @escaping @Sendable (String) throws -> Network = { throw NoTeacher(path: $0) }
    ) {
        self.examples = examples
        self.readTeacher = readTeacher
    }
}

/// Nobody said how teachers are read.
public struct NoTeacher: Error, CustomStringConvertible {
    public var path: String

    public init(path: String) { self.path = path }

    public var description: String { "The teacher \(path) can't be read here." }
}
