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
    var kernels: Set<CKernel> = []
    var windows: [String] = []
    /// Lines of the function that runs the network.
    var steps: [String] = []

    init(_ applied: Applied, name: String) throws(ExportError) {
        network = applied.inStandardOperators
        stored = applied.stored
        title = String(
            String.UnicodeScalarView(name.unicodeScalars.filter { $0.isASCII && $0.value >= 32 && !"*/\\".unicodeScalars.contains($0) }))
        self.name = Self.identifier(name)
        do {
            shapes = try network.shapes(batch: 1)
        } catch {
            throw .operatorWithoutC(
                node: error.node, operation: "operator", reason: "for such shapes: \(error.expected), not \(error.actual)")
        }
        buffers = CBufferPlan(network, sizes: shapes.mapValues(\.rowCount))
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

    func written() throws(ExportError) -> CSource {
        var writer = self
        for node in network.nodes { try writer.add(node) }
        // Parameters that no node reads are kept too, so that the file has the whole network.
        return try writer.finished()
    }

    private func finished() throws(ExportError) -> CSource {
        let flash =
            weights.values.reduce(0) { $0 + max(1, $1.stream.count) + 4 * $1.values.count } + vectors.values.reduce(0) { $0 + 4 * $1.count }
        guard flash <= CSource.largestFlash else { throw .tooLarge(byteCount: flash, limit: CSource.largestFlash) }
        let memory = ExportReport.Memory(flash: flash, ram: 4 * (buffers.count + rowLength))
        return CSource(header: header(memory), source: source(memory), memory: memory)
    }

    /// Floats of the longest row.
    var rowLength: Int { weights.values.map(\.rowLength).max() ?? 0 }

    private func header(_ memory: ExportReport.Memory) -> String {
        let macro = name.uppercased()
        let logits = shapes[network.output]?.rowCount ?? 0
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

            /* \(network.inputShape.dimensions.map(String.init).joined(separator: "x")), normalized as in training. */
            #define \(macro)_INPUT_COUNT \(network.inputShape.count)
            #define \(macro)_LOGIT_COUNT \(logits)

            /* Runs the network; the logits are before any softmax. */
            void \(name)_run(const float *input, float *logits);

            /* The class with the largest logit, the first of equal ones. */
            unsigned \(name)_class(const float *logits);

            #ifdef __cplusplus
            }
            #endif

            #endif

            """
    }

    private func source(_ memory: ExportReport.Memory) -> String {
        let used = kernels.sorted()
        var parts = [
            "/* \(title): written by Pare; see the header. Flash \(memory.flash) bytes of constants, RAM \(memory.ram) bytes. */", includes,
        ]
        if buffers.count > 0 { parts.append("static float arena[\(buffers.count)];") }
        if !weights.isEmpty {
            parts.append("/* The weights of one filter, unit or input. */\nstatic float row[\(rowLength)];")
            parts.append(CDecoder(Array(weights.values)).text)
        }
        if used.contains(where: \.hasWindow) { parts.append(CKernel.windowText) }
        parts += used.map(\.text) + constants + windows
        parts.append("void \(name)_run(const float *input, float *logits)\n{\n\(steps.map { "    \($0)\n" }.joined())}")
        parts.append(classText)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var includes: String {
        let headers = (kernels.contains(.maxPool) ? ["<float.h>"] : []) + ["<stddef.h>", "<stdint.h>", "<string.h>"]
        return "#include \"\(name).h\"\n\n" + headers.map { "#include \($0)" }.joined(separator: "\n")
    }

    private var classText: String {
        """
        unsigned \(name)_class(const float *logits)
        {
            unsigned best = 0, i;
            for (i = 1; i < \(name.uppercased())_LOGIT_COUNT; i++)
                if (logits[i] > logits[best])
                    best = i;
            return best;
        }
        """
    }
}
