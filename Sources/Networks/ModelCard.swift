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
    public var training: Training?
    public var accuracy: Accuracy?

    public init(
        name: String, title: String? = nil, file: String, sha256: String? = nil, parameters: Int? = nil, data: Data? = nil,
        input: Input? = nil, classes: [String]? = nil, training: Training? = nil, accuracy: Accuracy? = nil
    ) {
        self.name = name
        self.title = title
        self.file = file
        self.sha256 = sha256
        self.parameters = parameters
        self.data = data
        self.input = input
        self.classes = classes
        self.training = training
        self.accuracy = accuracy
    }

    /// The data that it was trained on and tuned with.
    public struct Data: Codable, Sendable, Equatable {
        public var name: String
        public var debianPackage: String?
        public var training: String?
        public var validation: String?

        public init(name: String, debianPackage: String? = nil, training: String? = nil, validation: String? = nil) {
            self.name = name
            self.debianPackage = debianPackage
            self.training = training
            self.validation = validation
        }
    }

    /// The shape of one example and how pixels are normalized.
    public struct Input: Codable, Sendable, Equatable {
        public var shape: [Int]
        public var scale: Float
        public var mean: [Float]
        public var standardDeviation: [Float]

        public init(shape: [Int], scale: Float, mean: [Float], standardDeviation: [Float]) {
            self.shape = shape
            self.scale = scale
            self.mean = mean
            self.standardDeviation = standardDeviation
        }
    }

    /// Measured when it was made; fractions.
    public struct Accuracy: Codable, Sendable, Equatable {
        public var validation: Double?
        public var test: Double?

        public init(validation: Double? = nil, test: Double? = nil) {
            self.validation = validation
            self.test = test
        }
    }
}
