import Tensors

/// What is made of a signal or an image as a whole, by plain loops.
public enum SignalTransform: Hashable, Sendable {
    /// Inputs x [N, C, extents..] and places [N, points.., axes], the last axis of x first, −1…1 along each: x there, [N, C, points..] (GridSample).
    case sampledGrid(GridSample)
    /// Spectra of frames of real x [N, length] or [N, length, 1]: [N, frames, bins, 2] (STFT).
    case shortTimeFourier(ShortTimeFourier)
    /// Spectra along an axis of real x [.., 1] or complex x [.., 2]: [.., 2] (DFT).
    case fourier(Fourier)
}

/// Settings of a DFT.
public struct Fourier: Hashable, Sendable {
    /// Counted from the front.
    public var axis: Int
    /// Values along the axis, cut off or filled up with zeros; nil for all.
    public var length: Int?
    /// With e^(+2πi…) and divided by the length.
    public var isInverse: Bool
    /// Whether only the first length / 2 + 1 bins are given.
    public var isOneSided: Bool

    public init(axis: Int, length: Int?, isInverse: Bool, isOneSided: Bool) {
        (self.axis, self.length, self.isInverse, self.isOneSided) = (axis, length, isInverse, isOneSided)
    }

    /// Bins of a length.
    public static func bins(_ length: Int, isOneSided: Bool) -> Int { isOneSided ? length / 2 + 1 : length }
}

/// Settings of a short-time Fourier transform.
public struct ShortTimeFourier: Hashable, Sendable {
    /// From the begin of a frame to that of the next.
    public var step: Int
    /// Values of a frame.
    public var length: Int
    /// A factor for each value of a frame; nil for 1.
    public var window: [Float]?
    public var isOneSided: Bool

    public init(step: Int, length: Int, window: [Float]?, isOneSided: Bool) {
        (self.step, self.length, self.window, self.isOneSided) = (step, length, window, isOneSided)
    }

    /// Frames that lie in a signal whole.
    public func frames(of count: Int) -> Int { count < length ? 0 : (count - length) / step + 1 }
}

extension SignalTransform {
    /// The operator's name in ONNX.
    public var name: String {
        switch self {
        case .sampledGrid: "GridSample"
        case .shortTimeFourier: "STFT"
        case .fourier: "DFT"
        }
    }

    var inputCount: Int { if case .sampledGrid = self { 2 } else { 1 } }

    /// Whether it would bring examples along an axis of its first input together.
    public func mixes(axis: Int) -> Bool { if case .fourier(let settings) = self { settings.axis == axis } else { axis != 0 } }

    /// What it makes of its inputs, [shape]. Cost: O(result · length) of Fourier transforms, else O(result).
    public func made(of inputs: [PlacedTensor], to shape: Shape) -> [Double] {
        switch self {
        case .sampledGrid(let settings): settings.made(inputs[0], at: inputs[1], to: shape)
        case .shortTimeFourier(let settings): settings.made(inputs[0], to: shape)
        case .fourier(let settings): settings.made(inputs[0], to: shape)
        }
    }
}
