import Tensors

/// In which order the training examples come: a new permutation each epoch, from the seed and the epoch alone.
///
/// So a run that is resumed needs no state of a generator. The last examples that fill no batch are left out; they differ each epoch.
package enum ExampleOrder {
    /// Indices 0..<count of epoch `epoch`. Cost: O(count).
    package static func permutation(count: Int, seed: UInt64, epoch: Int) -> [Int] {
        var generator = SeededGenerator(seed: mixed(seed, 1, UInt64(epoch)))
        return Array(0..<count).shuffled(using: &generator)
    }

    /// A seed for something that several numbers name (SplitMix64's finish over each).
    package static func mixed(_ numbers: UInt64...) -> UInt64 {
        numbers.reduce(0x243F_6A88_85A3_08D3) { state, number in
            var z = (state ^ number) &+ 0x9E37_79B9_7F4A_7C15
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
