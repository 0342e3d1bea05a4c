import Foundation
import Networks
import Tensors

/// Writes the C source of a network of integers: int8 in and out, sums of 32 bits, no floats and no libm.
struct IntegerSource {
    let network: IntegerNetwork
    private let name: String
    private let title: String
    private let plan: IntegerBuffers
    var functions = CFunctionList()
    var constants: [String] = []
    var steps: [String] = []
    var flash = 0

    static func written(_ network: IntegerNetwork, name: String, title: String) -> CSource {
        var source = IntegerSource(network, name: name, title: title)
        for (index, step) in network.steps.enumerated() { source.add(step, index) }
        return source.made()
    }

    private init(_ network: IntegerNetwork, name: String, title: String) {
        (self.network, self.name, self.title) = (network, name, title)
        plan = IntegerBuffers(network)
    }

    /// The type of the output.
    private var type: String { network.isWide ? "int32_t" : "int8_t" }

    private func made() -> CSource {
        let memory = ExportReport.Memory(flash: flash, ram: plan.count)
        let output = network.output
        var body = steps
        // A wide output is written where the caller wants it.
        if !network.isWide {
            body.append("copy_rows(\(place(output)), output, 1, \(network.values[output].count), \(network.values[output].count));")
        }
        var functions = functions
        if !network.isWide { functions.insert(.copyCodes) }
        var parts = [
            "/* \(title): written by Pare; see the header. Flash \(memory.flash) bytes of constants, RAM \(memory.ram) bytes. */",
            "#include \"\(name).h\"\n\n#include <stddef.h>",
        ]
        if plan.count > 0 { parts.append("static int8_t arena[\(plan.count)];") }
        parts += functions.all.map(\.text) + constants
        parts.append("void \(name)_run(const int8_t *input, \(type) *output)\n{\n\(body.map { "    \($0)\n" }.joined())}")
        parts.append(
            """
            unsigned \(name)_class(const \(type) *output)
            {
                unsigned best = 0, i;
                for (i = 1; i < \(name.uppercased())_OUTPUT_COUNT; i++)
                    if (output[i] > output[best])
                        best = i;
                return best;
            }
            """)
        return CSource(header: header(memory), source: parts.joined(separator: "\n\n") + "\n", memory: memory)
    }

    private func header(_ memory: ExportReport.Memory) -> String {
        let macro = name.uppercased()
        let (input, output) = (network.values[network.input], network.values[network.output])
        let left =
            network.leftOut.map { " * The \($0) that ends the opened network is left out: it keeps the order of the output.\n" } ?? ""
        return """
            /* \(title): a neural network of integers, compressed by Pare.
             *
             * Flash: \(memory.flash) bytes of constants beside the code. RAM: \(memory.ram) bytes of static buffers.
             * Nothing is allocated, and nothing is computed in floats. One example at a time; not to be called from two threads at once.
            \(left) */
            #ifndef \(macro)_H
            #define \(macro)_H

            #include <stdint.h>

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* \(Self.text(network.inputShape)); a code q stands for (q - zero point) * scale. */
            #define \(macro)_INPUT_COUNT \(input.count)
            #define \(macro)_INPUT_SCALE \(input.scale)f
            #define \(macro)_INPUT_ZERO_POINT \(input.zeroPoint)
            /* \(Self.text(Shape(Array(network.outputShape.dimensions.dropFirst())))). */
            #define \(macro)_OUTPUT_COUNT \(output.count)
            #define \(macro)_OUTPUT_SCALE \(output.scale)f
            #define \(macro)_OUTPUT_ZERO_POINT \(output.zeroPoint)

            /* Runs the network. */
            void \(name)_run(const int8_t *input, \(type) *output);

            /* The place of the largest output, the first of equal ones. */
            unsigned \(name)_class(const \(type) *output);

            #ifdef __cplusplus
            }
            #endif

            #endif

            """
    }

    private static func text(_ shape: Shape) -> String { shape.dimensions.map(String.init).joined(separator: "x") }

    /// Where a value lies.
    func place(_ value: Int) -> String {
        if value == network.input { return "input" }
        if value == network.output, network.isWide { return "output" }
        let offset = plan.offsets[value]
        return offset == 0 ? "arena" : "arena + \(offset)"
    }

    mutating func call(_ function: CFunction, _ arguments: [String]) {
        functions.insert(function)
        steps.append("\(function.name)(\(arguments.joined(separator: ", ")));")
    }
}
