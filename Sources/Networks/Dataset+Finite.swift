import Tensors

extension Dataset {
    /// Examples with a value that is a NaN or an infinity; nil where they are not in memory. Cost: O(values), nothing for bytes.
    public var notFiniteCount: Int? {
        guard source == nil else { return nil }
        guard inputs.elementType == .float32, let size = exampleShape.checkedCount, size > 0 else { return 0 }
        let values = inputs.bytes.bindMemory(to: Float.self)
        return stride(from: 0, to: values.count, by: size).count { !UnsafeBufferPointer(rebasing: values[$0..<$0 + size]).allFinite }
    }
}
