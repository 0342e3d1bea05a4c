import CKernels
import COneDNN
import Networks
import Tensors

/// Window maximum over images whose channels lie in blocks, by the kernel of `CKernels` on the threads of oneDNN.
final class BlockedMaximum {
    private let pooling: UnsafeMutablePointer<pare_max_pooling>
    private let planes: Int
    private let lanes: Int
    private let source: BoundMemory
    private let destination: BoundMemory

    /// Images [N, C, H, W] in blocks of `lanes` (8 or 16) channels.
    init(_ settings: Pooling, from source: BoundMemory, _ input: Shape, to destination: BoundMemory, _ output: Shape, lanes: Int) {
        self.source = source
        self.destination = destination
        self.lanes = lanes
        planes = input[0] * (input[1].rounded(up: lanes) / lanes)
        pooling = .allocate(capacity: 1)
        pooling.initialize(
            to: pare_max_pooling(
                source: nil, destination: nil, input: pair(input.dimensions[2...]), output: pair(output.dimensions[2...]),
                kernel: pair(settings.kernel[...]), strides: pair(settings.strides[...]),
                dilations: pair(settings.dilations[...]), pads: pair(settings.pads[...])))
    }

    deinit { pooling.deallocate() }

    func run() {
        pooling.pointee.source = UnsafePointer(source.data?.assumingMemoryBound(to: Float.self))
        pooling.pointee.destination = destination.data?.assumingMemoryBound(to: Float.self)
        if lanes == 8 {
            pare_parallel(planes, { pare_max_pool_8($0?.assumingMemoryBound(to: pare_max_pooling.self), $1, $2) }, pooling)
        } else {
            pare_parallel(planes, { pare_max_pool_16($0?.assumingMemoryBound(to: pare_max_pooling.self), $1, $2) }, pooling)
        }
    }
}

/// The first two of some settings, as C has pairs.
func pair(_ values: ArraySlice<Int>) -> (Int64, Int64) { (Int64(values[values.startIndex]), Int64(values[values.startIndex + 1])) }
