import Compression
import Foundation
import Networks
import Tensors

extension TaskKind {
    public static let sensitivity = TaskKind(rawValue: "sensitivity")
}

/// From where an option of a layer is measured.
public enum SensitivityKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Only this layer changes; all others are as the base has them.
    case isolated
    /// From the plan in force.
    case marginal
    /// The plan in force with this layer bypassed: what the layer would give back.
    case leaveOneOut = "leave-one-out"
}

/// Which examples of a split something is found on, in the stratified order of evaluation, of which every beginning holds the classes in nearly their shares.
public enum ExamplePart: String, Codable, Hashable, Sendable, CaseIterable {
    case all
    /// The first half: what is chosen by measuring sees these alone.
    case choose
    /// The other half: what was chosen is judged on these.
    case confirm

    /// Places in the order, of `count` in all; of an odd number the first half has one more. Whatever deals examples out deals them so.
    public func range(of count: Int) -> Range<Int> {
        let half = (count + 1) / 2
        return switch self {
        case .all: 0..<count
        case .choose: 0..<half
        case .confirm: half..<count
        }
    }
}

/// What figures of options depend on beside the option and the number of examples: where two are equal, so are the figures, bit for bit.
public struct SensitivityContext: Codable, Hashable, Sendable {
    /// SHA-256 of the network's file with what was done to it on opening; nil where it is not known.
    public var network: String?
    /// The id of the state that plans start from; nil is the network as it was opened.
    public var base: String?
    public var data: DataIdentity
    public var part: ExamplePart
    /// Seed of the order of examples.
    public var seed: UInt64
    /// The plan that each option is put into, by exact names; its temperature and losses say nothing here.
    public var plan: CompressionPlan
    /// Kernels, their instruction set and threads, on which the last bits depend.
    public var environment: Environment
    /// What compensated layers are fitted with; nil is ``CalibrationKey/fit``.
    public var calibration: CalibrationKey?

    public init(
        network: String?, base: String?, data: DataIdentity, part: ExamplePart, seed: UInt64, plan: CompressionPlan,
        environment: Environment, calibration: CalibrationKey = .fit
    ) {
        (self.network, self.base, self.data, self.part, self.seed) = (network, base, data, part, seed)
        (self.plan, self.environment) = (plan, environment)
        self.calibration = calibration == .fit ? nil : calibration
    }

    /// A plan as it stands in a context: two plans that do the same to every layer have the same one.
    public static func plan(of resolved: ResolvedPlan) -> CompressionPlan {
        var plan = CompressionPlan(resolved: resolved)
        (plan.temperature, plan.lossWeights) = (CompressionPlan().temperature, CompressionPlan().lossWeights)
        return plan
    }

    /// A short name: equal contexts have equal ones. 16 hexadecimal digits of a SHA-256.
    public var name: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var hash = SHA256()
        // A context holds finite numbers and texts, which always have a form in JSON.
        if let data = try? encoder.encode(self) { data.withUnsafeBytes { hash.update($0) } }
        return hash.finalize().prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
