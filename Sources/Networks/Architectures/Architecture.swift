import Tensors

/// A network that can be made fresh, by its name: the structure without values.
///
/// | name | structure | input |
/// |---|---|---|
/// | `lenet-300-100` | 784-300-100-classes, Relu between (LeCun 1998) | 1×28×28 |
/// | `lenet-5` | Caffe's: 20 filters of 5×5, pool, 50 filters of 5×5, pool, 500 with Relu, classes | 1×28×28 |
/// | `mlp-A-B-…` | dense layers of these sizes with Relu between; `mlp` alone has none | 1×28×28 |
/// | `bnn-A-B-…` | dense layers with normalizations and signs between (Courbariaux 2016); `bnn-mlp` is `bnn-1024-1024` | 1×28×28 |
/// | `resnet-20` | He 2015 for CIFAR: 3 stages of 3 basic blocks with 16, 32 and 64 channels | 1×32×32 |
/// | `firenet-N` | N = 2…4 Fire modules (Iandola 2016); `firenet` is `firenet-4` | 1×28×28 |
public struct Architecture: Hashable, Sendable {
    /// What is built.
    enum Kind: Hashable, Sendable {
        case dense(hidden: [Int])
        case binarized(hidden: [Int])
        case caffeLeNet
        case residual
        case fire(modules: Int)
    }

    public let name: String
    /// The number of logits.
    public let classes: Int
    let kind: Kind

    /// The names that can be given; letters stand for sizes.
    public static let names = [
        "lenet-300-100", "lenet-5", "mlp-A-B-…", "bnn-A-B-…", "bnn-mlp", "resnet-20", "firenet-2", "firenet-3", "firenet-4", "firenet",
    ]
    /// Units of one hidden layer.
    public static let sizes = 1...65_536
    /// Hidden layers of one network.
    public static let largestDepth = 32
    public static let classCounts = 2...65_536

    /// - Throws: `ArchitectureError` for a name that none has, with near ones, and for sizes out of range.
    public init(name: String, classes: Int = 10) throws(ArchitectureError) {
        guard Self.classCounts.contains(classes) else { throw .classes(classes, allowed: Self.classCounts) }
        self.name = name
        self.classes = classes
        kind = try Self.kind(of: name)
    }

    /// The shape of one example.
    public var inputShape: Shape {
        switch kind {
        case .residual: [1, 32, 32]
        case .dense, .binarized, .caffeLeNet, .fire: [1, 28, 28]
        }
    }

    private static func kind(of name: String) throws(ArchitectureError) -> Kind {
        switch name {
        case "lenet-300-100": return .dense(hidden: [300, 100])
        case "lenet-5": return .caffeLeNet
        case "bnn-mlp": return .binarized(hidden: [1024, 1024])
        case "resnet-20": return .residual
        case "firenet": return .fire(modules: 4)
        case "firenet-2", "firenet-3", "firenet-4": return .fire(modules: name.last?.wholeNumberValue ?? 4)
        default:
            if let hidden = try hidden(in: name, after: "mlp") { return .dense(hidden: hidden) }
            if let hidden = try hidden(in: name, after: "bnn") { return .binarized(hidden: hidden) }
            throw .unknownName(name, near: NearNames.of(name, among: names), names: names)
        }
    }

    /// The sizes in `mlp-300-100`; nil where the name is of another kind.
    private static func hidden(in name: String, after prefix: String) throws(ArchitectureError) -> [Int]? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.first.map(String.init) == prefix else { return nil }
        guard parts.count - 1 <= largestDepth else { throw .depth(parts.count - 1, limit: largestDepth) }
        var hidden: [Int] = []
        for part in parts.dropFirst() {
            guard !part.isEmpty, part.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
            guard let size = Int(part), sizes.contains(size) else { throw .size(String(part), allowed: sizes) }
            hidden.append(size)
        }
        return hidden
    }
}
