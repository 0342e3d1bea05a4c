import Tensors

/// What is known of how a network was trained: the JSON file that lies beside it (`Models/lenet-5.json`).
public struct ModelCard: Codable, Sendable, Equatable {
    public var name: String
    public var title: String?
    /// The network's file, relative to the card.
    public var file: String
    /// SHA-256 of that file, hexadecimal.
    public var sha256: String?
    public var parameters: Int?
    public var data: Data?
    public var input: Input?
    public var classes: [String]?
    public var accuracy: Accuracy?

    /// The data that it was trained on and tuned with.
    public struct Data: Codable, Sendable, Equatable {
        public var name: String
        public var debianPackage: String?
        public var training: String?
        public var validation: String?
    }

    /// The shape of one example and how pixels are normalized.
    public struct Input: Codable, Sendable, Equatable {
        public var shape: [Int]
        public var scale: Float
        public var mean: [Float]
        public var standardDeviation: [Float]
    }

    /// Measured when it was made; fractions.
    public struct Accuracy: Codable, Sendable, Equatable {
        public var validation: Double?
        public var test: Double?
    }
}
