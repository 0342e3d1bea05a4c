import Networks
import Tensors

/// What an input of a network is.
public enum GivenInput: Sendable {
    /// Another value in every example, of this shape where the file leaves sizes open.
    case examples(Shape?)
    /// This number in every element.
    case number(Double)
    case tensor(Tensor)
}

extension Tensor {
    /// Numbers of a type; nil where the type does not have the value, such as 0.5 as an integer.
    init?(_ given: GivenInput, shape: Shape, elementType: ElementType) {
        let numbers: [Double]
        switch given {
        case .examples: return nil
        case .number(let number): numbers = [Double](repeating: number, count: shape.count)
        case .tensor(let tensor):
            guard tensor.count == shape.count else { return nil }
            guard tensor.elementType != elementType else {
                self = tensor.reshaped(shape)
                return
            }
            numbers = tensor.numbers
        }
        if let range = elementType.wholeRange, !numbers.allSatisfy({ $0 == $0.rounded() && range.contains($0) }) { return nil }
        if elementType == .bool, !numbers.allSatisfy({ $0 == 0 || $0 == 1 }) { return nil }
        self.init(shape: shape, elementType: elementType, numbers: numbers)
    }
}

extension Network {
    /// What the inputs are that are the same for every example, and which of several differ, to read a file with the same again.
    public var givenInputs: [String: GivenInput] {
        let differing = (packed?.parts ?? []).map { ($0.name, GivenInput.examples($0.shape)) }
        return fixedInputs.reduce(into: Dictionary(differing) { first, _ in first }) { found, value in
            found[value.name] = parameters[value.name].map { .tensor($0.values) }
        }
    }
}
