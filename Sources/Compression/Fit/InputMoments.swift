import Networks

/// Second moments of what a layer reads on calibration examples, which rounding and pruning by its outputs go by.
///
/// H = 2/N Σ x xᵀ, x [d] what one output is the product of: of a convolution a window, of its own group where it has groups; N columns are counted, an
/// example and a place each. ½ δ H δᵀ of a change δ of a row is then the mean of (δ x)². Memory: groups · d² · 8 bytes.
public struct InputMoments: Sendable {
    public let key: CalibrationKey
    /// Examples that were looked at.
    public let examples: Int
    /// N.
    public let columns: Int
    /// d.
    public let size: Int
    public let groups: Int
    /// H, [groups, d, d], both triangles.
    let hessian: [Double]
    /// 2/N Σ x₀ xᵀ with what the layer read in the original, where x is what it reads behind layers that are compressed; nil where both are the same.
    let cross: [Double]?

    /// Bytes that the moments of a layer may take; beyond, it is refused.
    public static let byteLimit = 1 << 30

    /// - Parameters:
    ///   - sums: Σ x xᵀ of so many columns, [groups, d, d], of which the lower triangles are read.
    ///   - crossSums: Σ x₀ xᵀ, all of it.
    public init(
        key: CalibrationKey, examples: Int, columns: Int, size: Int, groups: Int, sums: [Double], crossSums: [Double]? = nil
    ) {
        (self.key, self.examples, self.columns, self.size, self.groups) = (key, examples, columns, size, groups)
        let factor = 2 / Double(max(1, columns))
        var matrix = sums
        for group in 0..<groups {
            let start = group * size * size
            for row in 0..<size {
                for column in 0...row {
                    let value = factor * sums[start + row * size + column]
                    (matrix[start + row * size + column], matrix[start + column * size + row]) = (value, value)
                }
            }
        }
        hessian = matrix
        cross = crossSums?.map { factor * $0 }
    }

    public var byteCount: Int { 8 * (hessian.count + (cross?.count ?? 0)) }

    /// Bytes that moments of a layer of these weights take. d and groups follow from shape and layer alone.
    public static func byteCount(of layer: Layer) -> Int {
        let size = size(of: layer)
        return 8 * layer.groups * size * size
    }

    /// d of a layer.
    public static func size(of layer: Layer) -> Int { layer.outputCount == 0 ? 0 : layer.count / layer.outputCount }

    /// Whether no input was a NaN or too large to be squared.
    public var isFinite: Bool { hessian.allSatisfy(\.isFinite) && cross?.allSatisfy(\.isFinite) ?? true }

    /// Whether they are of a layer of this form.
    func fits(_ layer: Layer) -> Bool { size == Self.size(of: layer) && groups == layer.groups }

    /// H of one group, [d, d].
    func matrix(of group: Int) -> [Double] {
        groups == 1 ? hessian : Array(hessian[group * size * size..<(group + 1) * size * size])
    }

    /// ½ Σ δ H δᵀ over the rows of changes, [outputs, d]: the mean over the columns of what they change in the outputs, squared. Cost: outputs · d².
    public func outputError(of changes: [Float], outputs: Int) -> Double {
        (0..<groups).reduce(0) { sum, group in
            let matrix = matrix(of: group)
            let rows = group * (outputs / groups)..<(group + 1) * (outputs / groups)
            return rows.reduce(sum) { $0 + RowSystem.error(of: changes[$1 * size..<($1 + 1) * size].map(Double.init), in: matrix) }
        }
    }
}
