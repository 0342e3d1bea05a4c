import Compression
import Networks
import Tensors

extension Augmentation {
    /// Changes the examples of a batch [examples.count, C, H, W], or [examples.count, H, W, C], in place; what comes in or is erased has the value of a pixel 0.
    ///
    /// Each example draws from its own generator, named by seed, epoch and index, so that neither batch nor order matters. Erasing (Zhong 2017):
    /// a rectangle of 2…33 % of the area with an aspect of 0.3…3.3. Images without rows and columns stay as they are. Cost: O(batch).
    package func apply(
        to batch: UnsafeMutableBufferPointer<Float>, examples: ArraySlice<Int>, shape: Shape, normalization: InputNormalization,
        seed: UInt64, epoch: Int, isChannelsLast: Bool = false
    ) {
        guard !isOff, shape.rank == 3 else { return }
        var image = AugmentedImage(shape: shape, normalization: normalization, isChannelsLast: isChannelsLast)
        for (row, example) in examples.enumerated() {
            var generator = SeededGenerator(seed: ExampleOrder.mixed(seed, 2, UInt64(epoch), UInt64(example)))
            let pixels = UnsafeMutableBufferPointer(rebasing: batch[row * shape.count..<(row + 1) * shape.count])
            if shift > 0 {
                let (dy, dx) = (Int.random(in: -shift...shift, using: &generator), Int.random(in: -shift...shift, using: &generator))
                image.shift(pixels, down: dy, right: dx)
            }
            if flips, generator.uniform() < 0.5 { image.flip(pixels) }
            if erasing > 0, generator.uniform() < erasing { image.erase(pixels, &generator) }
        }
    }
}

/// One image [C, H, W], or [H, W, C], to be changed.
private struct AugmentedImage {
    let channels: Int
    let height: Int
    let width: Int
    /// A pixel 0 of each channel, as the network reads it.
    let black: [Float]
    private var copy: [Float]

    /// How far neighbouring channels and columns are apart.
    private let (channelStep, columnStep): (Int, Int)

    init(shape: Shape, normalization: InputNormalization, isChannelsLast: Bool) {
        (channels, height, width) = isChannelsLast ? (shape[2], shape[0], shape[1]) : (shape[0], shape[1], shape[2])
        (channelStep, columnStep) = isChannelsLast ? (1, channels) : (height * width, 1)
        black = (0..<channels).map { channel in
            let mean = normalization.mean[min(channel, normalization.mean.count - 1)]
            return -mean / normalization.standardDeviation[min(channel, normalization.standardDeviation.count - 1)]
        }
        copy = Array(repeating: 0, count: shape.count)
    }

    private func place(_ channel: Int, _ y: Int, _ x: Int) -> Int { channel * channelStep + (y * width + x) * columnStep }

    mutating func shift(_ pixels: UnsafeMutableBufferPointer<Float>, down: Int, right: Int) {
        for index in pixels.indices { copy[index] = pixels[index] }
        for channel in 0..<channels {
            for y in 0..<height {
                for x in 0..<width {
                    let (sourceY, sourceX) = (y - down, x - right)
                    let isInside = (0..<height).contains(sourceY) && (0..<width).contains(sourceX)
                    pixels[place(channel, y, x)] = isInside ? copy[place(channel, sourceY, sourceX)] : black[channel]
                }
            }
        }
    }

    func flip(_ pixels: UnsafeMutableBufferPointer<Float>) {
        for channel in 0..<channels {
            for y in 0..<height {
                for x in 0..<width / 2 { pixels.swapAt(place(channel, y, x), place(channel, y, width - 1 - x)) }
            }
        }
    }

    func erase(_ pixels: UnsafeMutableBufferPointer<Float>, _ generator: inout SeededGenerator) {
        let area = (0.02 + 0.31 * generator.uniform()) * Double(height * width)
        let aspect = 0.3 + 3 * generator.uniform()
        let rows = min(height, max(1, Int((area * aspect).squareRoot().rounded())))
        let columns = min(width, max(1, Int((area / aspect).squareRoot().rounded())))
        let top = Int.random(in: 0...height - rows, using: &generator)
        let left = Int.random(in: 0...width - columns, using: &generator)
        for channel in 0..<channels {
            for y in top..<top + rows {
                for x in left..<left + columns { pixels[place(channel, y, x)] = black[channel] }
            }
        }
    }
}
