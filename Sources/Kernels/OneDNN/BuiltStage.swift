import COneDNN

/// What a stage does, one after another.
enum StageStep {
    case primitive(Primitive)
    case maximum(PooledImages)
    case pooledConvolution(PooledConvolution)
    case quantization(QuantizedActivations)
    case planes(PlaneConvolution)
    case movement(MovedElements)
    case sparse(SparseStage)
    case sparsePooled(SparsePooledStage)
    case lanes(LaneReorder)
    case plain(PlainStage)
    case ranges(RangeStage)
    case recurrent(RecurrentStage)
    case integers(IntegerStage)
    case levels(LevelStage)
    case sum(SumStage)

    /// Gives whether something that should have become a level of 8 bits was no number.
    func run(in engine: ProcessorEngine) throws(KernelError) -> Bool {
        switch self {
        case .integers(let stage): return try stage.run()
        case .levels(let stage): return stage.run()
        case .sum(let stage): return stage.run()
        default:
            try runFloats(in: engine)
            return false
        }
    }

    private func runFloats(in engine: ProcessorEngine) throws(KernelError) {
        switch self {
        case .primitive(let primitive): try check(pare_primitive_execute(primitive.handle, engine.handle), "run a primitive")
        case .maximum(let images): images.run()
        case .pooledConvolution(let convolution): try convolution.run()
        case .quantization(let values): values.run()
        case .planes(let convolution): convolution.run()
        case .movement(let elements): elements.run()
        case .sparse(let stage): stage.run()
        case .sparsePooled(let stage): stage.run()
        case .lanes(let reorder): reorder.run()
        case .plain(let stage): stage.run()
        case .ranges(let stage): stage.run()
        case .recurrent(let stage): try stage.runAll()
        case .integers, .levels, .sum: break
        }
    }

    /// The name of its kernel.
    var implementation: String {
        switch self {
        case .primitive(let primitive): primitive.implementation
        case .maximum: "lane maximum"
        case .pooledConvolution(let convolution): convolution.implementation + " + lane maximum"
        case .quantization: "quantization"
        case .planes: "planes"
        case .movement: "moves"
        case .sparse: "sparse"
        case .sparsePooled: "sparse + lane maximum"
        case .lanes(let reorder): reorder.isInto ? "to lanes" : "from lanes"
        case .plain: "plain"
        case .ranges(let stage): stage.name
        case .recurrent: "recurrent"
        case .integers(let stage): stage.implementation
        case .levels: "levels"
        case .sum: "sum of levels"
        }
    }
}

/// The steps of one stage, and what they own.
struct BuiltStage {
    var steps: [StageStep] = []
    var constants: [any ParameterCopy] = []
    /// Memory between the primitives of this stage.
    var buffers: [AlignedBuffer] = []
}

/// A value at one boundary: where it lies there, and the memories that are bound to that place.
struct ValuePlace {
    var value: Int
    var boundary: Int
    var memories: [BoundMemory] = []
    /// Bytes from the start of an attached boundary.
    var offset = 0
    var address: UnsafeMutableRawPointer?
}
