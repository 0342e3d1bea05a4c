import CKernels

/// The values that the weights of one row may have, with the level of each.
package struct RowValues {
    /// Lists one after another, each ascending.
    package private(set) var values: [Float] = []
    /// The level of each.
    package private(set) var levels: [Int32] = []
    private var starts: [Int32] = [0]
    /// The list of each weight of the support.
    package var lists: [Int32] = []
    /// What a value costs beside the error; empty for nothing.
    package var prices: [Float] = []
    /// What any value but 0 costs, by weight of the support; empty for nothing.
    package var others: [Float] = []

    package init() {}

    /// One more list, by rising value.
    package mutating func append(_ list: [(level: Int32, value: Float)]) {
        for (level, value) in list {
            values.append(value)
            levels.append(level)
        }
        starts.append(Int32(values.count))
    }

    package func withCandidates<Result>(_ body: (UnsafePointer<pare_candidates>) -> Result) -> Result {
        values.withUnsafeBufferPointer { values in
            starts.withUnsafeBufferPointer { starts in
                lists.withUnsafeBufferPointer { lists in
                    prices.withUnsafeBufferPointer { prices in
                        others.withUnsafeBufferPointer { others in
                            var candidates = pare_candidates(
                                values: values.baseAddress, starts: starts.baseAddress, lists: lists.baseAddress,
                                prices: prices.isEmpty ? nil : prices.baseAddress, others: others.isEmpty ? nil : others.baseAddress)
                            return body(&candidates)
                        }
                    }
                }
            }
        }
    }
}
