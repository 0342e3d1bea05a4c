/// Rounding to 256 levels between the least and the largest value of an example, 0 among them.
///
/// scale = (max(x, 0) − min(x, 0)) / 255, or 1 where that is 0; zero point = round(−min / scale), ties to even;
/// code = clamp(round(x / scale) + zero point, 0, 255); value = (code − zero point) · scale. As ONNX's DynamicQuantizeLinear at batch 1, whatever the batch.
public struct DynamicQuantization: Hashable, Sendable {
    /// What it gives.
    public enum Result: String, Hashable, Sendable {
        /// Floats on the levels.
        case values
        case codes
        /// One an example, along the axis of the examples.
        case scale
        case zeroPoint
    }

    public var result: Result
    /// The axis along which the examples lie; nil where all values have one range.
    public var axis: Int?
    /// How many indices of that axis are one example.
    public var rows: Int

    public init(result: Result, axis: Int? = nil, rows: Int = 1) {
        self.result = result
        self.axis = axis
        self.rows = rows
    }
}
