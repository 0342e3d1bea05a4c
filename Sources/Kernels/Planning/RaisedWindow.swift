import Networks
import Tensors

/// A window over one axis [N, C, L] as one over images [N, C, 1, L], and a mean over all pixels as the pooling that it is: what there are kernels
/// for. Everything else as it is.
struct RaisedWindow {
    var operation: Operation
    var operands: [Operand]
    var output: Shape

    init(_ operation: Operation, _ operands: [Operand], _ output: Shape) {
        (self.operation, self.operands, self.output) = (operation, operands, output)
        if case .reduction(let reduction) = operation, reduction.function == .mean, reduction.axes == [2, 3], operands[0].shape.rank == 4,
            operands[0].shape[2] > 0, operands[0].shape[3] > 0
        {
            self.operation = .globalAveragePool
            self.output = [operands[0].shape[0], operands[0].shape[1], 1, 1]
            return
        }
        guard output.rank == 3, let raised = Self.raised(operation) else { return }
        self.operation = raised
        self.output = Self.raised(output)
        for index in operands.indices where operands[index].shape.rank == 3 {
            self.operands[index] = operands[index].reshaped(Self.raised(operands[index].shape))
        }
    }

    private static func raised(_ shape: Shape) -> Shape { [shape[0], shape[1], 1, shape[2]] }

    private static func raised(_ operation: Operation) -> Operation? {
        switch operation {
        case .convolution(let settings): .convolution(raised(settings))
        case .transposedConvolution(let settings):
            .transposedConvolution(TransposedConvolution(window: raised(settings.window), outputPads: [0] + settings.outputPads))
        case .maxPool(let settings): .maxPool(raised(settings))
        case .averagePool(let settings): .averagePool(raised(settings))
        case .globalAveragePool, .globalMaxPool: operation
        default: nil
        }
    }

    private static func raised(_ settings: Convolution) -> Convolution {
        Convolution(
            kernel: [1] + settings.kernel, strides: [1] + settings.strides, dilations: [1] + settings.dilations,
            pads: [0, settings.pads[0], 0, settings.pads[1]], groups: settings.groups)
    }

    private static func raised(_ settings: Pooling) -> Pooling {
        Pooling(
            kernel: [1] + settings.kernel, strides: [1] + settings.strides, pads: [0, settings.pads[0], 0, settings.pads[1]],
            dilations: [1] + settings.dilations, ceilMode: settings.ceilMode, countIncludesPadding: settings.countIncludesPadding)
    }
}

extension Operation {
    /// Whether it makes a value for each example of a constant.
    var isExpand: Bool { if case .expand = self { true } else { false } }
}
