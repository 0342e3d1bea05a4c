import Foundation
import Frames

/// How people with dichromacy see colours, to test themes with.
///
/// Matrices in linear sRGB for severity 1.0: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
/// Vision Deficiency", 2009.
public enum ColorVision: String, Hashable, Sendable, CaseIterable {
    case protanopia, deuteranopia, tritanopia

    /// The colour as it is seen.
    public func seen(_ color: RGB) -> RGB {
        let (red, green, blue) = color.linear
        let channels = matrix.map { row in Self.encoded(row[0] * red + row[1] * green + row[2] * blue) }
        return RGB(channels[0], channels[1], channels[2])
    }

    private var matrix: [[Double]] {
        switch self {
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }

    /// The inverse of `RGB.linear`.
    private static func encoded(_ light: Double) -> UInt8 {
        let value = min(1, max(0, light))
        let curved = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
        return UInt8((curved * 255).rounded())
    }
}
