import Engine
import Frames

extension EqualizationOrder: TaskRequest {
    public var task: LaneTask { .equalization(self) }
    public var loss: String? { "the equalization of layers" }
}

/// Ranges of weights that are balanced between layers.
extension Explorer {
    /// Why it can't be asked for, or nil; whether there is anything to balance the lane says.
    var equalizationObstacle: String? {
        if layers.isEmpty { return "this network has no layer with weights" }
        return awaitedState == nil ? nil : "a trained state is still being read; try again in a moment"
    }

    mutating func equalize() {
        start(EqualizationOrder(base: base))
        say("the ranges of the layers are being balanced\(glyphs.ellipsis)")
    }
}
