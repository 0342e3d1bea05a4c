import CKernels
import COneDNN
import Networks
import Tensors

/// Window maximum over images whose channels lie last or in blocks: the kernel of `CKernels`.
struct LaneMaximum {
    private var pooling: pare_max_pooling
    /// Blocks of channels of all images; images where the channels lie last.
    let planes: Int

    /// Images [N, C, H, W] with `lanes` channels side by side.
    init(_ settings: Pooling, _ input: Shape, _ output: Shape, lanes: Int) {
        planes = input[0] * (input[1].rounded(up: lanes) / lanes)
        pooling = pare_max_pooling(
            source: nil, destination: nil, lanes: Int64(lanes), input: pair(input.dimensions[2...]), output: pair(output.dimensions[2...]),
            kernel: pair(settings.kernel[...]), strides: pair(settings.strides[...]),
            dilations: pair(settings.dilations[...]), pads: pair(settings.pads[...]))
    }

    /// Pools the planes of a range on the calling thread.
    func run(_ range: Range<Int>, from source: UnsafeMutableRawPointer?, to destination: UnsafeMutableRawPointer?) {
        var pooling = pooling
        pooling.source = UnsafePointer(source?.assumingMemoryBound(to: Float.self))
        pooling.destination = destination?.assumingMemoryBound(to: Float.self)
        pare_max_pool(&pooling, range.lowerBound, range.upperBound)
    }
}

/// A window maximum over whole batches, on the threads of oneDNN.
final class PooledImages {
    private let maximum: LaneMaximum
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()

    init(_ maximum: LaneMaximum, from source: BoundMemory, to destination: BoundMemory) {
        self.maximum = maximum
        self.source = source
        self.destination = destination
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let grain = max(1, maximum.planes / (8 * Int(threads)))
        pare_parallel(
            threads, maximum.planes, grain,
            { context, _, first, last in
                guard let context else { return }
                let images = Unmanaged<PooledImages>.fromOpaque(context).takeUnretainedValue()
                images.maximum.run(first..<last, from: images.source.data, to: images.destination.data)
            }, context)
    }
}

/// The first two of some settings, as C has pairs.
func pair(_ values: ArraySlice<Int>) -> (Int64, Int64) { (Int64(values[values.startIndex]), Int64(values[values.startIndex + 1])) }
