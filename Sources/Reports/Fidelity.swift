import Foundation

/// How near what a network gives comes to what the original gives, where that is no list of classes: no accuracy, and no agreement either.
///
/// Over the examples measured with both, those with a value that is not finite left out.
public struct Fidelity: Codable, Hashable, Sendable {
    /// The output that is compared.
    public var output: String
    /// What it holds for one example.
    public var shape: [Int]
    /// The operator that ends the file's output and is left out for the comparison, `Softmax`: what it reads is compared. Nil where the output is.
    public var before: String?
    /// Examples of the split, of which as many are measured as the memory holds the outputs of.
    public var examples: Int
    /// Σ (plan − original)² / Σ original²; nil where the original gives zeros alone.
    public var squaredError: Double?
    /// The share of equal answers, where the network says how its output becomes one: the largest of a Softmax, above a half of a Sigmoid.
    public var agreement: Double?
    /// The largest |plan − original| of a value.
    public var largest: Double

    public init(output: String, shape: [Int], examples: Int, squaredError: Double?, largest: Double) {
        (self.output, self.shape, self.examples, self.squaredError, self.largest) = (output, shape, examples, squaredError, largest)
    }

    /// Why there is no accuracy: `“map” [3×8×8] is no list of classes`, or `what the Softmax reads that ends “p”, [10], is compared, not what it gives`.
    public var outputWords: String {
        let extents = shape.map(String.init).joined(separator: "×")
        return before.map { "what the \($0) reads that ends “\(output)”, [\(extents)], is compared, not what it gives" }
            ?? "“\(output)” [\(extents)] is no list of classes"
    }

    /// 10 · log₁₀ of ``squaredError``; −∞ where nothing differs.
    public var decibels: Double? { squaredError.map { 10 * log10($0) } }
}
