import Compression
import Foundation
import Networks
import Tensors

/// What one stored tensor is to its state.
enum StateTensorKind: String, CaseIterable {
    /// A parameter's float values.
    case parameter
    /// Weights and bias of a layer as they are evaluated.
    case weights, bias
    /// Which weights of a layer its plan keeps, as 0 and 1 in float32, which is coded best.
    case mask
    /// The graph of a state that has its own, see ``StoredGraph``; the name is the graph's.
    case graph
}

/// One tensor of a state with its place in it.
struct StateTensor {
    var kind: StateTensorKind
    /// The name of a parameter; of a layer's tensors, the weights' one.
    var name: String
    /// The parameter that it may be equal to.
    var parameter: String
    var values: Tensor

    /// SHA-256 of the elements' bytes: what the content is found by.
    static func hash(_ tensor: Tensor) -> Data {
        withExtendedLifetime(tensor) {
            var hash = SHA256()
            hash.update(tensor.bytes)
            return Data(hash.finalize())
        }
    }

    /// Whether it is the network's own parameter, bit for bit.
    func isOriginal(of network: Network) -> Bool {
        guard let own = network.parameters[parameter]?.values, own.elementType == values.elementType, own.shape == values.shape else {
            return false
        }
        return withExtendedLifetime((own, values)) {
            let (a, b) = (own.bytes, values.bytes)
            guard let start = a.baseAddress, let other = b.baseAddress else { return true }
            return start == other || memcmp(start, other, a.count) == 0
        }
    }
}

/// What is kept of a state's layer beside its tensors.
struct StoredLayer: Codable {
    var plan: LayerPlan
    var deviation: Double
    var dense: DenseStatistics?
    var summary: LayerSummary
    /// What weights and bias are held as; nil in states of early versions, whose floats tell.
    var tables: StoredTables?
}

extension Tensor {
    /// Ones and zeros of a mask [n] of bytes as float32.
    var maskAsFloats: Tensor { Tensor(shape: shape, floats: bytes.map { $0 == 0 ? 0 : 1 }) }

    /// The mask [n] of bytes again.
    var maskAsBytes: Tensor {
        let storage = TensorStorage(byteCount: count) { memory in
            withFloats { floats in for index in floats.indices { memory[index] = floats[index] == 0 ? 0 : 1 } }
        }
        return Tensor(shape: shape, elementType: .uint8, storage: storage)
    }
}
