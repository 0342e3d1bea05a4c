extension ModelCard {
    /// How it was trained; cards of other programs may say more.
    public struct Training: Codable, Sendable, Equatable {
        /// What made it: `pare 0.3`, `PyTorch 2.15.0`.
        public var framework: String?
        /// The name in ``Architecture/names`` that it was made fresh from.
        public var architecture: String?
        public var seed: UInt64?
        /// Part of what fixes the result.
        public var threads: Int?
        public var epochs: Int?
        /// Optimizer, rate, course, augmentation and teachers in words.
        public var recipe: String?
        /// The command that makes it again.
        public var command: String?

        public init(
            framework: String? = nil, architecture: String? = nil, seed: UInt64? = nil, threads: Int? = nil, epochs: Int? = nil,
            recipe: String? = nil, command: String? = nil
        ) {
            self.framework = framework
            self.architecture = architecture
            self.seed = seed
            self.threads = threads
            self.epochs = epochs
            self.recipe = recipe
            self.command = command
        }
    }
}
