import Compression

/// What the grid temperature × bits goes through.
public struct GridSettings: Hashable, Sendable {
    public var temperatures: [Double] = [1, 2, 4, 8]
    public var bits: [Int] = [2, 3, 4]
    public var epochs = 2

    static let epochRange = 1...100
    /// Numbers of one kind at most.
    static let limit = 16

    /// Numbers between blanks or commas; nil where one is none, or out of the range.
    private static func numbers(_ text: String, in range: ClosedRange<Double>) -> [Double]? {
        let parts = text.split { $0 == " " || $0 == "," }
        let found = parts.compactMap { Double($0) }.filter(range.contains)
        return found.count == parts.count && !found.isEmpty && found.count <= limit ? Set(found).sorted() : nil
    }

    private static func whole(_ text: String, in range: ClosedRange<Int>) -> [Int]? {
        let found = numbers(text, in: Double(range.lowerBound)...Double(range.upperBound))
        return found?.allSatisfy { $0 == $0.rounded() } == true ? found?.map { Int($0) } : nil
    }

    /// Why a typed text can't be taken, or nil.
    static func refusal(of text: String, for purpose: TextPrompt.Purpose) -> String? {
        switch purpose {
        case .gridTemperatures: numbers(text, in: CompressionPlan.temperatures) == nil ? "type temperatures from 0.5 to 50: 1 2 4 8" : nil
        case .gridBits: whole(text, in: 1...8) == nil ? "type numbers of bits from 1 to 8: 2 3 4" : nil
        default: whole(text, in: epochRange)?.count == 1 ? nil : "type a number from 1 to \(epochRange.upperBound)"
        }
    }

    mutating func take(_ text: String, for purpose: TextPrompt.Purpose) {
        switch purpose {
        case .gridTemperatures: temperatures = Self.numbers(text, in: CompressionPlan.temperatures) ?? temperatures
        case .gridBits: bits = Self.whole(text, in: 1...8) ?? bits
        default: epochs = Self.whole(text, in: Self.epochRange)?.first ?? epochs
        }
    }
}
