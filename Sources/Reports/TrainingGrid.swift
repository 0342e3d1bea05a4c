import Compression
import Foundation
import Tensors

extension TaskKind {
    public static let grid = TaskKind(rawValue: "grid")
}

/// Trainings of one network at each number of bits and each temperature of distillation: where the best temperature lies for which bits.
public struct TrainingGrid: Codable, Hashable, Sendable {
    /// What one training came to: its best epoch on validation, measured at T = 1.
    public struct Cell: Codable, Hashable, Sendable {
        public var bits: Int
        public var temperature: Double
        public var accuracy: Double
        /// Over the examples where it is finite; nil where it is in none.
        public var crossEntropy: Double?
        /// Examples that the cross-entropy leaves out; nil in grids that did not count them.
        public var crossEntropyLeftOut: Int?
        /// Mean KL(teacher ‖ student); nil without a teacher.
        public var divergence: Double?
        /// The epoch that this is of; 0 is before the first step.
        public var epoch: Int
        public var seconds: Double
        public var isDiverged: Bool

        public init(
            bits: Int, temperature: Double, accuracy: Double, crossEntropy: Double?, divergence: Double?, epoch: Int, seconds: Double,
            isDiverged: Bool = false
        ) {
            self.bits = bits
            self.temperature = temperature
            self.accuracy = accuracy
            self.crossEntropy = crossEntropy
            self.divergence = divergence
            self.epoch = epoch
            self.seconds = seconds
            self.isDiverged = isDiverged
        }
    }

    /// One training: its place in the grid.
    public struct Place: Codable, Hashable, Sendable {
        public var bits: Int
        public var temperature: Double

        public init(bits: Int, temperature: Double) {
            self.bits = bits
            self.temperature = temperature
        }
    }

    /// Bits and temperature of each cell are put in the place of this plan's.
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe
    /// The trained state that every cell starts from; nil is the network as it was opened.
    public var base: String?
    /// Ascending, each once.
    public private(set) var temperatures: [Double]
    public private(set) var bits: [Int]
    /// Those that are finished, in the order in which they were.
    public private(set) var cells: [Cell] = []

    public init(
        plan: CompressionPlan, recipe: TrainingRecipe, base: String? = nil, temperatures: [Double] = [1, 2, 4, 8], bits: [Int] = [2, 3, 4]
    ) {
        self.plan = plan
        self.recipe = recipe
        self.base = base
        self.temperatures = Set(temperatures).sorted()
        self.bits = Set(bits).sorted()
    }

    public func cell(at place: Place) -> Cell? { cells.first { $0.bits == place.bits && $0.temperature == place.temperature } }

    /// All places, bits by bits.
    public var places: [Place] { bits.flatMap { bits in temperatures.map { Place(bits: bits, temperature: $0) } } }

    /// The places without a result, in order.
    public var missing: [Place] { places.filter { cell(at: $0) == nil } }

    /// The finished cell of the highest accuracy at these bits; of equal ones that of the smaller cross-entropy, one without any last.
    public func best(bits: Int) -> Cell? {
        cells.filter { $0.bits == bits && temperatures.contains($0.temperature) }.max {
            ($0.accuracy, -($0.crossEntropy ?? .infinity)) < ($1.accuracy, -($1.crossEntropy ?? .infinity))
        }
    }

    public mutating func add(_ cell: Cell) {
        cells.removeAll { $0.bits == cell.bits && $0.temperature == cell.temperature }
        cells.append(cell)
    }

    /// Takes the finished cells of a grid that trains the same, whatever its bits and temperatures.
    public mutating func keepCells(of other: TrainingGrid) {
        guard trainsSame(other) else { return }
        other.cells.forEach { add($0) }
    }

    /// Whether the two differ at most in bits and temperatures.
    public func trainsSame(_ other: TrainingGrid) -> Bool {
        other.plan.withoutGrid == plan.withoutGrid && other.recipe == recipe && other.base == base
    }

    /// Names its training, the same for all that train the same.
    public var task: TaskID {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var hash = SHA256()
        (try? encoder.encode(Same(plan: plan.withoutGrid, recipe: recipe, base: base)))?.withUnsafeBytes { hash.update($0) }
        return TaskID(.grid, hash.finalize().prefix(8).map { String($0, radix: 16) }.joined(separator: "-"))
    }

    private struct Same: Encodable {
        var plan: CompressionPlan
        var recipe: TrainingRecipe
        var base: String?
    }

    /// The plan of one cell.
    public func plan(at place: Place) -> CompressionPlan {
        var plan = plan.withBits(place.bits)
        plan.temperature = place.temperature
        return plan
    }
}

extension CompressionPlan {
    /// The plan with so many bits in every representation that has a number of them: linear, shared, DoReFa.
    public func withBits(_ bits: Int) -> CompressionPlan {
        var plan = self
        for index in plan.layers.indices { plan.layers[index].plan.weights = plan.layers[index].plan.weights.withBits(bits) }
        return plan
    }

    /// What all cells of a grid have in common.
    fileprivate var withoutGrid: CompressionPlan {
        var plan = withBits(2)
        plan.temperature = 1
        return plan
    }

    /// The bits that every representation of the plan with a number of them can have; nil where there is none.
    public var commonBits: ClosedRange<Int>? {
        let ranges = layers.filter { !$0.plan.bypass }.compactMap(\.plan.weights.bitRange)
        guard let lowest = ranges.map(\.lowerBound).max(), let highest = ranges.map(\.upperBound).min() else { return nil }
        return lowest...highest
    }
}

extension TrainingGrid.Cell {
    /// With null for a figure that does not exist.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(bits, forKey: .bits)
        try container.encode(temperature, forKey: .temperature)
        try container.encode(accuracy, forKey: .accuracy)
        try container.encode(crossEntropy, forKey: .crossEntropy)
        try container.encode(crossEntropyLeftOut, forKey: .crossEntropyLeftOut)
        try container.encode(divergence, forKey: .divergence)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(isDiverged, forKey: .isDiverged)
    }
}
