import Formats
import Networks
import Tensors

/// Examples held against what a network reads, with what helps where they have other sizes.
struct ExampleFit: Sendable {
    let network: Network
    /// The input whose open sizes no examples gave, as the file states it; what was assumed for them is none of the file's.
    let openInput: NetworkValue?
    let loader: DatasetLoader

    func checked(_ dataset: Dataset) throws(CommandFailure) -> Dataset {
        do throws(DatasetMismatch) { try dataset.check(against: network) } catch { throw CommandFailure(message(error), .badData) }
        return dataset
    }

    private func message(_ error: DatasetMismatch) -> String {
        guard error.reason == .exampleShape, network.packed == nil else { return error.message }
        let stored = loader.storedArray()
        let example = stored.map { Shape(Array($0.dimensions.dropFirst())) } ?? error.exampleShape
        let text = "\(error.dataset) has examples [\(example)] but \(error.network) reads \(reads)"
        if let stored, isOneExample(stored) {
            return text + ": the array [\(stored)] looks like one example without an axis for examples; in NumPy x[None] gives it one"
        }
        if let openInput {
            let form = openInput.axes.map { _ in "as \(openInput.askedForm)" } ?? "as 1x\(Self.form(example))"
            return text + ", whose open sizes these examples do not fill: --input-shape says them, \(form)"
        }
        guard !network.kept.openAxes.isEmpty else { return text }
        return text + "; sizes that the file leaves open are said by --input-shape, those of these examples by 1x\(Self.form(example))"
    }

    private var reads: String {
        guard let openInput else { return "[\(network.inputShape)]" }
        return openInput.axes == nil ? "an input of no stated shape" : "[\(openInput.statedAxes)]"
    }

    static func form(_ shape: Shape) -> String { shape.dimensions.map(String.init).joined(separator: "x") }

    /// Whether an array is as large as one example is.
    private func isOneExample(_ stored: Shape) -> Bool {
        let wanted = openInput?.exampleShape.dimensions ?? network.inputShape.dimensions
        return [wanted, Array(wanted.drop { $0 == 1 })].contains { sizes in
            sizes.count > 1 && sizes.count == stored.rank && zip(sizes, stored.dimensions).allSatisfy { $0 == 0 || $0 == $1 }
        }
    }
}
