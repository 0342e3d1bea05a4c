/// The primitives of one stage, in order, and what they own.
struct BuiltStage {
    var primitives: [Primitive] = []
    var constants: [Constant] = []
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
