import COneDNN
import Tensors

/// How images [N, C, H, W] lie in memory, one after another.
enum ImageOrder: Hashable {
    /// [N][C][H][W].
    case rows
    /// [N][H][W][C].
    case channelsLast
    /// [N][C / lanes][H][W][lanes] with 8 or 16 lanes, the last block filled up with zeros.
    case blocks(Int)

    /// The order of images that lie as `layout` has them; nil for any other.
    init?(of layout: MemoryLayoutHandle, _ shape: Shape) throws(KernelError) {
        for order in [Self.rows, .channelsLast, .blocks(8), .blocks(16)] where layout.equals(try order.layout(shape)) {
            self = order
            return
        }
        return nil
    }

    func layout(_ shape: Shape) throws(KernelError) -> MemoryLayoutHandle {
        switch self {
        case .rows: return try .strided(shape)
        case .channelsLast:
            let (channels, width) = (shape[1], shape[3])
            return try .strided(shape, strides: [shape.rowCount, 1, width * channels, channels])
        case .blocks(let lanes):
            var handle: OpaquePointer?
            let dimensions = shape.dimensions.map(Int64.init)
            try check(pare_layout_create_blocked(&handle, dimensions, Int32(lanes)), "describe [\(shape)] in blocks")
            return MemoryLayoutHandle(try made(handle, "describe [\(shape)] in blocks"))
        }
    }

    /// Images of another type than float32 with their channels last; values of any other rank row-major.
    static func last(_ shape: Shape, of element: pare_type) throws(KernelError) -> MemoryLayoutHandle {
        guard shape.rank == 4 else { return try .strided(shape, of: element) }
        return try .strided(shape, strides: [shape.rowCount, 1, shape[3] * shape[1], shape[1]], of: element)
    }

    /// Channels side by side; nil where neighbours are pixels.
    func lanes(channels: Int) -> Int? {
        switch self {
        case .rows: nil
        case .channelsLast: channels
        case .blocks(let lanes): lanes
        }
    }
}
