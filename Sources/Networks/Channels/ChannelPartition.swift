/// What goes as a whole where an axis was cut in two and both parts are computed with, as the heads of an attention and what each head has.
public enum ChannelPartition: String, CaseIterable, Hashable, Sendable {
    /// Whole heads.
    case heads
    /// The same dimension of every head.
    case dimensions
}
