import Tensors

/// Where the pixels of examples come from that are not all in memory: files that are decoded when they are wanted, or a generator.
public protocol ExampleSource: Sendable {
    var count: Int { get }

    /// The stored pixels of one example, in the shape and type of the data set's `inputs`. May take some milliseconds.
    func pixels(of example: Int) throws(ExampleFailure) -> Tensor

    /// Says in which order examples are going to be asked for, so that they can be made ready in the background.
    func expect(_ order: [Int])

    /// The mapped files that pixels are views of.
    var maps: [FileMap] { get }
}

extension ExampleSource {
    public var maps: [FileMap] { [] }
}

/// An example that can't be had: a sentence with file, place and cure.
public struct ExampleFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
