/// Not there yet.
struct ArithmeticCoder: LevelCoder {
    var coding: WeightCoding { .arithmetic }
    func encode(_ weights: StoredWeights) -> CodedLevels? { nil }
    func decode(_ bytes: ArraySlice<UInt8>, count: Int, form: StoredWeights) throws(CodingError) -> [Int32] {
        throw CodingError(.unsuitable, offset: 0)
    }
}
