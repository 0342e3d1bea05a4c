import CKernels
import Networks
import Tensors

/// How fast kernels are, in picoseconds of one thread: measured with every shape of `Scripts/benchmark sparse`, see Docs/Decisions.md.
struct KernelRates {
    /// Images side by side.
    var lanes: Int
    /// A multiply-add of oneDNN's convolutions and products.
    var dense: Int
    /// The same in whole numbers of 8 bits, and what becomes of one sum of them. Not of that benchmark: on AVX2 fitted to seven shapes in a build
    /// without optimized Swift, by which a network like resnet-18 is 3.0 and 2.5 times as fast as its float32 (`Scripts/benchmark integer`, batches of 1 and
    /// 8); on AVX-512 by the same ratio and never measured.
    var whole: Int
    var finish: Int
    /// One weight for one vector of lanes.
    var weight: Int
    /// Sums of one vector that are fetched and put back.
    var sum: Int
    /// A vector that is packed.
    var pack: Int
    /// A number that is brought into lanes or out of them.
    var reorder: Int

    /// Those of this processor; nil where there are none.
    static var current: KernelRates? {
        switch KernelLibrary.instructionSet {
        case "AVX2": KernelRates(lanes: 8, dense: 27, whole: 9, finish: 300, weight: 240, sum: 600, pack: 3_000, reorder: 300)
        // Whole numbers were never measured there: the gain is AVX2's.
        case "AVX-512": KernelRates(lanes: 16, dense: 18, whole: 6, finish: 300, weight: 650, sum: 1_300, pack: 6_000, reorder: 300)
        default: nil
        }
    }
}

/// What a layer costs by oneDNN and by lists, in nanoseconds of one thread.
struct SparseCost {
    let dense: Int
    /// By whole numbers of 8 bits.
    let whole: Int
    /// Vectors that one weight is multiplied with.
    private let vectors: Int
    /// Whatever the weights are.
    private let fixed: Int
    private let rates: KernelRates

    /// A convolution [N, C, H, W] → [N, M, H', W'].
    init(_ settings: Convolution, input: Shape, output: Shape, _ rates: KernelRates) {
        var convolution = pare_sparse_convolution(settings, input, output, lanes: rates.lanes, withRelu: false)
        pare_sparse_tile(&convolution)
        let blocks = (output[0] + rates.lanes - 1) / rates.lanes
        let taps = settings.kernel.reduce(1, *) * input[1] / settings.groups
        // With groups there is little work for each number.
        let works = output.count * taps / 1_000 * (settings.groups > 1 ? 3 : 1)
        (dense, whole) = (works * rates.dense, works * rates.whole + output.count * rates.finish / 1_000)
        vectors = output[2] * output[3] * blocks
        let tiles = Int(pare_sparse_items(&convolution, Int64(blocks))) * Int(convolution.group)
        let packed = Int(pare_sparse_scratch(&convolution)) / Int(convolution.group) / rates.lanes
        let parts = Int((convolution.channels + convolution.part - 1) / convolution.part)
        fixed = (output[1] * vectors * parts * rates.sum + tiles * packed * rates.pack) / 1_000
        self.rates = rates
    }

    /// A product [N, K] → [N, M].
    init(images: Int, depth: Int, units: Int, _ rates: KernelRates) {
        let works = images * depth * units / 1_000
        (dense, whole) = (works * rates.dense, works * rates.whole + images * units * rates.finish / 1_000)
        vectors = (images + rates.lanes - 1) / rates.lanes
        let parts = depth / 150 + 1
        fixed = (units * vectors * parts * rates.sum + (depth + units) * vectors * rates.pack) / 1_000
        self.rates = rates
    }

    /// By lists of so many weights.
    func sparse(nonzeros: Int) -> Int { nonzeros * vectors * rates.weight / 1_000 + fixed }
}
