extension LayerWork {
    /// `dense in=800 out=500 rows=1`, `conv in=20 out=50 on=12x12 kernel=5x5 stride=1x1 dilation=1x1 pads=0x0x0x0 groups=1`, and what is joined to it, `then=Relu`
    /// and `pool=2x2 poolstride=2x2 pooldilation=1x1 poolpads=0x0x0x0 poolceil=0`: the same word for the same work.
    public var key: String {
        var words = [layerKey]
        if readsRows { words.append("reads=rows") }
        if let function { words.append("then=\(function.name)") }
        if let pooling {
            words.append(
                "pool=\(Self.list(pooling.kernel)) poolstride=\(Self.list(pooling.strides)) pooldilation=\(Self.list(pooling.dilations)) "
                    + "poolpads=\(Self.list(pooling.pads)) poolceil=\(pooling.ceilMode ? 1 : 0)")
        }
        return words.joined(separator: " ")
    }

    private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "x") }

    private var layerKey: String {
        switch form {
        case .product(let rows): return "dense in=\(inputs) out=\(outputs) rows=\(rows)"
        case .convolution(let extents, let settings):
            let fields = [
                ("on", extents), ("kernel", settings.kernel), ("stride", settings.strides), ("dilation", settings.dilations),
                ("pads", settings.pads), ("groups", [settings.groups]),
            ]
            return "conv in=\(inputs) out=\(outputs) " + fields.map { "\($0)=\(Self.list($1))" }.joined(separator: " ")
        }
    }

    /// The work of a key; nil for another text.
    public init?(key: String) {
        let words = key.split(separator: " ").map(String.init)
        var (fields, function): ([String: [Int]], UnaryFunction?) = ([:], nil)
        var readsRows = false
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            if word == "reads=rows" {
                readsRows = true
                continue
            }
            if parts[0] == "then" {
                guard let found = UnaryFunction.representatives[String(parts[1])] else { return nil }
                function = found
                continue
            }
            let numbers = parts[1].split(separator: "x").map { Int($0) }
            guard !numbers.isEmpty, numbers.allSatisfy({ $0.map { (0...1 << 24).contains($0) } == true }) else { return nil }
            fields[String(parts[0])] = numbers.compactMap(\.self)
        }
        func one(_ name: String) -> Int? { fields[name].flatMap { $0.count == 1 && $0[0] > 0 ? $0[0] : nil } }
        guard let inputs = one("in"), let outputs = one("out") else { return nil }
        switch words.first {
        case "dense":
            guard let rows = one("rows") else { return nil }
            self.init(.product(rows: rows), inputs: inputs, outputs: outputs)
        case "conv":
            guard let extents = fields["on"], let kernel = fields["kernel"], let strides = fields["stride"],
                let dilations = fields["dilation"],
                let pads = fields["pads"], let groups = one("groups"), pads.count == 2 * extents.count,
                [kernel, strides, dilations].allSatisfy({ $0.count == extents.count && $0.allSatisfy { $0 > 0 } }),
                inputs.isMultiple(of: groups), outputs.isMultiple(of: groups)
            else { return nil }
            let settings = Convolution(kernel: kernel, strides: strides, dilations: dilations, pads: pads, groups: groups)
            self.init(.convolution(extents: extents, settings), inputs: inputs, outputs: outputs)
        default: return nil
        }
        if let kernel = fields["pool"] {
            guard let pooling = Pooling(kernel, fields) else { return nil }
            self.pooling = pooling
        }
        (self.function, self.readsRows) = (function, readsRows)
        if self.key != key { return nil }
    }
}

extension Pooling {
    /// A window maximum over images by the fields of a key; nil where they name none.
    fileprivate init?(_ kernel: [Int], _ fields: [String: [Int]]) {
        guard let strides = fields["poolstride"], let dilations = fields["pooldilation"], let pads = fields["poolpads"],
            let ceil = fields["poolceil"], ceil.count == 1, ceil[0] <= 1, pads.count == 4,
            [kernel, strides, dilations].allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 > 0 } })
        else { return nil }
        self.init(kernel: kernel, strides: strides, pads: pads, dilations: dilations, ceilMode: ceil[0] == 1)
    }
}

extension UnaryFunction {
    /// By name one function, which takes as long as all that have other settings.
    static let representatives: [String: UnaryFunction] = {
        let others: [UnaryFunction] = [
            .leakyRelu(alpha: 0.01), .elu(alpha: 1), .clip(lower: 0, upper: 6), .hardSigmoid(alpha: 1 / 6, beta: 0.5), .swish(alpha: 1),
            .gelu(isApproximate: false),
        ]
        return plain.merging(others.map { ($0.name, $0) }) { first, _ in first }
    }()

    var representative: UnaryFunction { Self.representatives[name] ?? self }
}
