import CKernels
import Networks
import Tensors

/// What each tap of each window of a convolution meets in an image [C, …]: columns [C · taps, windows], and back.
struct Unfolding {
    private enum Way {
        case planes(pare_windows)
        /// Of three axes and more: the element of a channel by tap and window, −1 beside it.
        case table([Int32])
    }

    private let way: Way
    /// Elements of a channel of the image, and windows.
    let (inputCount, outputCount): (Int, Int)
    let taps: Int
    /// Each window is one element, in order: there is nothing to unfold.
    let isPointwise: Bool

    /// Of images [N, C, …] and as many windows as [N, M, …] has.
    init(_ settings: Convolution, images: Shape, windows: Shape) {
        taps = settings.kernel.reduce(1, *)
        inputCount = images.dimensions.dropFirst(2).reduce(1, *)
        outputCount = windows.dimensions.dropFirst(2).reduce(1, *)
        if images.rank == 4 {
            let window = Pooling(kernel: settings.kernel, strides: settings.strides, pads: settings.pads, dilations: settings.dilations)
            let planes = window.windows(images, windows)
            (way, isPointwise) = (.planes(planes), planes.isPointwise)
        } else {
            way = .table(Self.table(settings, Array(images.dimensions.dropFirst(2)), Array(windows.dimensions.dropFirst(2))))
            isPointwise = false
        }
    }

    private static func table(_ settings: Convolution, _ image: [Int], _ windows: [Int]) -> [Int32] {
        let (kernel, places) = (Shape(settings.kernel), Shape(windows))
        return (0..<kernel.count).flatMap { place -> [Int32] in
            let tap = kernel.position(of: place)
            return (0..<places.count).map { window -> Int32 in
                var index = 0
                for (axis, place) in places.position(of: window).enumerated() {
                    let met = place * settings.strides[axis] - settings.pads[axis] + tap[axis] * settings.dilations[axis]
                    guard (0..<image[axis]).contains(met) else { return -1 }
                    index = index * image[axis] + met
                }
                return Int32(index)
            }
        }
    }

    func unfold(_ image: UnsafePointer<Float>, channels: Int, to columns: UnsafeMutablePointer<Float>) {
        switch way {
        case .planes(let windows): withUnsafePointer(to: windows) { pare_unfold($0, image, channels, columns) }
        case .table(let table): pare_unfold_by(table, table.count, image, inputCount, channels, columns)
        }
    }

    /// Adds each column back to what it came from; to 0, or to what the image holds.
    func fold(_ columns: UnsafePointer<Float>, channels: Int, adds: Int32, to image: UnsafeMutablePointer<Float>) {
        switch way {
        case .planes(let windows): withUnsafePointer(to: windows) { pare_fold($0, columns, channels, adds, image) }
        case .table(let table): pare_fold_by(table, table.count, columns, inputCount, channels, adds, image)
        }
    }
}
