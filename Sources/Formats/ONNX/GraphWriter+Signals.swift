import Networks
import Tensors

extension GraphWriter {
    func attributes(of transform: SignalTransform) -> [ONNXAttributeProto] {
        switch transform {
        case .sampledGrid(let settings):
            let mode = operatorVersion < 20 && settings.mode != .nearest ? "bi" + settings.mode.rawValue : settings.mode.rawValue
            return [
                .text("mode", mode), .text("padding_mode", settings.outside.rawValue),
                .integer("align_corners", settings.alignsCorners ? 1 : 0),
            ]
        case .shortTimeFourier(let settings): return [.integer("onesided", settings.isOneSided ? 1 : 0)]
        case .fourier(let settings):
            let sides: [ONNXAttributeProto] = [
                .integer("inverse", settings.isInverse ? 1 : 0), .integer("onesided", settings.isOneSided ? 1 : 0),
            ]
            return operatorVersion < 20 ? sides + [.integer("axis", settings.axis)] : sides
        }
    }

    func settings(of transform: SignalTransform) -> [(suffix: String, values: Tensor?)] {
        func number(_ suffix: String, _ value: Int?) -> (String, Tensor?) {
            (suffix, value.map { Tensor(wholeNumbers: [$0]).reshaped([]) })
        }
        switch transform {
        case .sampledGrid: return []
        case .shortTimeFourier(let settings):
            let window = settings.window.map { Tensor(shape: [$0.count], floats: $0) }
            return [number("step", settings.step), ("window", window), number("length", settings.length)]
        case .fourier(let settings):
            return [number("length", settings.length)] + (operatorVersion < 20 ? [] : [number("axis", settings.axis)])
        }
    }
}
