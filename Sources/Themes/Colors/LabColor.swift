import Foundation
import Frames

/// A colour in CIELAB (CIE 1976, white D65), where distances are about as large as they look.
public struct LabColor: Hashable, Sendable {
    /// Lightness 0…100, green–red and blue–yellow.
    public let lightness, a, b: Double

    public init(_ color: RGB) {
        let (red, green, blue) = color.linear
        let x = Self.root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
        let y = Self.root(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
        let z = Self.root((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
        lightness = 116 * y - 16
        a = 500 * (x - y)
        b = 200 * (y - z)
    }

    /// ΔE², the square of the distance of 1976.
    public func squaredDistance(to other: LabColor) -> Double {
        let differences = [lightness - other.lightness, a - other.a, b - other.b]
        return differences.reduce(0) { $0 + $1 * $1 }
    }

    private static func root(_ value: Double) -> Double {
        value > 216 / 24389.0 ? cbrt(value) : (24389 / 27.0 * value + 16) / 116
    }
}

extension RGB {
    /// The channels as light, 0…1, by the transfer curve of sRGB (IEC 61966-2-1).
    public var linear: (red: Double, green: Double, blue: Double) {
        func light(_ channel: UInt8) -> Double {
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return (light(red), light(green), light(blue))
    }

    /// Relative luminance 0…1 (WCAG 2.2).
    public var luminance: Double {
        let (red, green, blue) = linear
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast 1…21: (lighter + 0.05) / (darker + 0.05) (WCAG 2.2).
    public func contrast(with other: RGB) -> Double {
        let pair = [luminance, other.luminance]
        return (max(pair[0], pair[1]) + 0.05) / (min(pair[0], pair[1]) + 0.05)
    }
}
