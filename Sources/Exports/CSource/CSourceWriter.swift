import Compression
import Foundation
import Networks
import Tensors

/// Writes the C source of one network.
package struct CSourceWriter {
    let network: Network
    /// The network's name as a C identifier.
    let name: String
    let title: String
    let shapes: [String: Shape]
    let buffers: CBufferPlan
    let stored: [String: StoredWeights]
    /// Packed weights by the place of their parameter.
    var weights: [Int: CWeights] = [:]
    /// Other parameters by their place.
    var vectors: [Int: [Float]] = [:]
    var functions = CFunctionList()
    /// Constants that are no parameters: windows, steps, tables of offsets.
    var settings: [String] = []
    /// Numbers of the tables among them.
    var tableCount = 0
    /// Floats that a recurrent layer works in.
    var scratchCount = 0
    /// Parameters whose numbers stand in the calls.
    var inlined: Set<String> = []
    /// Lines of the function that runs the network.
    var steps: [String] = []

    init(_ applied: Applied, name: String) throws(ExportError) {
        let whole = applied.inStandardOperators.ended
        network = whole.applying(.onlyNeeded(for: whole.output))
        stored = applied.stored
        title = Self.title(name)
        self.name = Self.identifier(name)
        shapes = try Self.shapes(of: network)
        buffers = CBufferPlan(network, sizes: shapes.mapValues(\.count))
    }

    /// ASCII letters, digits and underscores that start with a letter; a character beyond ASCII becomes its number: `réseau` is `ru00E9seau`.
    package static func identifier(_ name: String) -> String {
        let pieces = name.unicodeScalars.map { scalar -> String in
            guard scalar.isASCII else { return String(format: "u%04X", scalar.value) }
            return Character(scalar).isLetter || Character(scalar).isNumber ? String(scalar) : "_"
        }
        let startsWithLetter = name.unicodeScalars.first.map { $0.isASCII && Character($0).isLetter } ?? false
        return (startsWithLetter ? "" : "net_") + pieces.joined()
    }

    /// The shapes of one example. Throws where a node can't be run, or reads an input that is neither the examples' nor a constant.
    static func shapes(of network: Network) throws(ExportError) -> [String: Shape] {
        if let node = network.blockingNodes.first {
            throw .operatorWithoutC(node: node.name, operation: node.operation.name, reason: nil)
        }
        // What is the same in every example is a constant of the program.
        let others = Set(network.inputs.dropFirst().map(\.name)).subtracting(network.parameters.keys)
        for node in network.nodes {
            if let name = node.inputs.first(where: others.contains) {
                throw .operatorWithoutC(node: node.name, operation: node.operation.name, reason: "of a second input, '\(name)'")
            }
        }
        do {
            return try network.shapes(batch: 1)
        } catch {
            throw .operatorWithoutC(
                node: error.node, operation: "operator", reason: "for such shapes: \(error.expected), not \(error.actual)")
        }
    }

    /// What of a name may stand in a comment.
    static func title(_ name: String) -> String {
        String(
            String.UnicodeScalarView(name.unicodeScalars.filter { $0.isASCII && $0.value >= 32 && !"*/\\".unicodeScalars.contains($0) }))
    }

    func written() throws(ExportError) -> CSource {
        var writer = self
        for node in network.nodes { try writer.add(node) }
        if network.index.maker(of: network.output) == nil { writer.copyOutput() }
        return try writer.finished()
    }

    private func finished() throws(ExportError) -> CSource {
        let flash =
            weights.values.reduce(0) { $0 + max(1, $1.stream.count) + 4 * $1.values.count } + vectors.values.reduce(0) { $0 + 4 * $1.count }
            + 4 * tableCount
        guard flash <= CSource.largestFlash else { throw .tooLarge(byteCount: flash, limit: CSource.largestFlash) }
        let memory = ExportReport.Memory(flash: flash, ram: 4 * (buffers.count + rowLength + scratchCount))
        return CSource(header: header(memory), source: source(memory), memory: memory, inlined: inlined)
    }

    /// Floats of the longest row.
    var rowLength: Int { weights.values.map(\.rowLength).max() ?? 0 }

    private func header(_ memory: ExportReport.Memory) -> String {
        let macro = name.uppercased()
        return """
            /* \(title): a neural network, compressed by Pare.
             *
             * Flash: \(memory.flash) bytes of constants beside the code. RAM: \(memory.ram) bytes of static buffers.
             * Nothing is allocated. One example at a time; not to be called from two threads at once.
             */
            #ifndef \(macro)_H
            #define \(macro)_H

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* \(Self.inputText(network, macro: macro)), normalized as in training. */
            #define \(macro)_INPUT_COUNT \(network.inputShape.count)\(Self.places(of: network.packed, macro: macro))
            /* \(Self.plain(network.output)): \(Self.text(shapes[network.output])). */
            #define \(macro)_OUTPUT_COUNT \(count(network.output))

            /* Runs the network. */
            void \(name)_run(const float *input, float *output);

            /* The place of the largest output, the first of equal ones. */
            unsigned \(name)_class(const float *output);

            #ifdef __cplusplus
            }
            #endif

            #endif

            """
    }

    /// The shape of an example, or of several inputs the one after the other.
    private static func inputText(_ network: Network, macro: String) -> String {
        guard let packed = network.packed else { return text(network.inputShape.dimensions) }
        return packed.parts.map { "\(plain($0.name)) \(text($0.shape.dimensions))" }.joined(separator: ", then ")
    }

    private static func text(_ sizes: [Int]) -> String { sizes.isEmpty ? "1" : sizes.map(String.init).joined(separator: "x") }

    /// Where each of several inputs begins, and how many numbers it has.
    private static func places(of packed: PackedInputs?, macro: String) -> String {
        (packed?.parts ?? []).map { part in
            let name = macro + "_" + identifier(part.name).uppercased()
            return "\n#define \(name)_START \(part.start)\n#define \(name)_COUNT \(part.shape.count)"
        }.joined()
    }

    private func source(_ memory: ExportReport.Memory) -> String {
        var parts = [
            "/* \(title): written by Pare; see the header. Flash \(memory.flash) bytes of constants, RAM \(memory.ram) bytes. */", includes,
        ]
        if buffers.count > 0 { parts.append("static float arena[\(buffers.count)];") }
        if scratchCount > 0 { parts.append("/* Gates and states of recurrent layers. */\nstatic float scratch[\(scratchCount)];") }
        if !weights.isEmpty {
            parts.append("/* The weights of one filter, unit or input. */\nstatic float row[\(rowLength)];")
            parts.append(CDecoder(Array(weights.values)).text)
        }
        parts += functions.all.map(\.text) + constants + settings
        parts.append("void \(name)_run(const float *input, float *output)\n{\n\(steps.map { "    \($0)\n" }.joined())}")
        parts.append(classText)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var includes: String {
        let headers =
            (functions.all.contains { $0.text.contains("FLT_MAX") } ? ["<float.h>"] : []) + ["<stddef.h>", "<stdint.h>", "<string.h>"]
        return "#include \"\(name).h\"\n\n" + headers.map { "#include \($0)" }.joined(separator: "\n")
    }

    private var classText: String {
        """
        unsigned \(name)_class(const float *output)
        {
            unsigned best = 0, i;
            for (i = 1; i < \(name.uppercased())_OUTPUT_COUNT; i++)
                if (output[i] > output[best])
                    best = i;
            return best;
        }
        """
    }
}
