import Tensors

/// Every `step`-th index from `start` on, along some axes.
public struct Slice: Hashable, Sendable {
    /// Counted from the front.
    public var axes: [Int]
    /// From the end where negative; beyond an end the end counts, as ONNX has it.
    public var starts: [Int]
    /// The first index that is not taken; from the end where negative.
    public var ends: [Int]
    /// Not 0; negative steps run backward.
    public var steps: [Int]

    public init(axes: [Int], starts: [Int], ends: [Int], steps: [Int]) {
        self.axes = axes
        self.starts = starts
        self.ends = ends
        self.steps = steps
    }

    /// The indices that are taken of `extent` along the axis at `place` of ``axes``.
    public func indices(at place: Int, of extent: Int) -> StrideTo<Int> {
        let (start, end) = bounds(at: place, of: extent)
        return stride(from: start, to: end, by: steps[place])
    }

    /// How many these are. Cost: O(1).
    public func count(at place: Int, of extent: Int) -> Int {
        let (start, end) = bounds(at: place, of: extent)
        let step = steps[place]
        return max(0, step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step)
    }

    private func bounds(at place: Int, of extent: Int) -> (start: Int, end: Int) {
        func counted(_ index: Int) -> Int { index < 0 ? max(index, -extent - 1) + extent : min(index, extent) }
        let (start, end) = (counted(starts[place]), counted(ends[place]))
        guard steps[place] < 0 else { return (max(start, 0), max(end, 0)) }
        return (min(max(start, 0), extent - 1), min(end, extent - 1))
    }
}

/// The slices at constant indices of an axis.
public struct Gather: Hashable, Sendable {
    /// Counted from the front.
    public var axis: Int
    /// From 0 on.
    public var indices: [Int]
    /// The shape of the indices, which takes the place of the axis.
    public var shape: Shape

    public init(axis: Int, indices: [Int], shape: Shape) {
        self.axis = axis
        self.indices = indices
        self.shape = shape
    }
}

/// What is put around a tensor.
public struct Padding: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable {
        case constant
        /// Mirrored at the border element, which is not repeated.
        case reflect
        /// The border element.
        case edge
        /// From the other side.
        case wrap
    }

    /// Before each axis, then after each; negative ones cut.
    public var pads: [Int]
    public var mode: Mode
    /// The value of mode `constant`.
    public var value: Float

    public init(pads: [Int], mode: Mode = .constant, value: Float = 0) {
        self.pads = pads
        self.mode = mode
        self.value = value
    }
}

/// How numbers are coded as whole ones, or as floats of 8 bits: type and the axis that scales belong to.
public struct LinearCode: Hashable, Sendable {
    public var type: ElementType
    /// Counted from the front; of no meaning where there is one scale.
    public var axis: Int
    /// How many neighbours along the axis have one scale; nil where each index has one, or all have.
    public var block: Int?
    /// Whether only 4 bits of int8 or uint8 are used: types of 4 bits are held as those.
    public var isOfFourBits: Bool

    public init(type: ElementType, axis: Int, block: Int? = nil, isOfFourBits: Bool = false) {
        self.type = type
        self.axis = axis
        self.block = block
        self.isOfFourBits = isOfFourBits
    }

    /// The codes that there are; nil where they are no whole numbers.
    public var range: ClosedRange<Double>? {
        guard isOfFourBits else { return type.wholeRange }
        return type == .int8 ? -8...7 : 0...15
    }

    /// Which scale the element at `index` of [shape] has; `scales` is the shape of the scales.
    public func scalePlaces(_ scales: Shape, of shape: Shape) -> (Int) -> Int {
        guard scales.count > 1 else { return { _ in 0 } }
        let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        guard let block else { return { $0 / inner % scales.count } }
        let (extent, blocks) = (shape[axis], scales[axis])
        let isInside = scales.dimensions[(axis + 1)...].reduce(1, *) > 1
        let isOutside = scales.dimensions[..<axis].reduce(1, *) > 1
        return { index in
            let outer = index / inner / extent
            let row = (isOutside ? outer * blocks : 0) + index / inner % extent / block
            return isInside ? row * inner + index % inner : row
        }
    }
}

extension ElementType {
    /// The numbers of a type of whole ones; nil for others.
    public var wholeRange: ClosedRange<Double>? {
        switch self {
        case .int8: -128...127
        case .uint8: 0...255
        case .int16: -32_768...32_767
        case .uint16: 0...65_535
        case .int32: Double(Int32.min)...Double(Int32.max)
        case .uint32: 0...Double(UInt32.max)
        case .int64: Double(Int64.min)...Double(Int64.max)
        case .uint64: 0...Double(UInt64.max)
        default: nil
        }
    }
}
