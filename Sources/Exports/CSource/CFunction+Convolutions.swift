/// What floats and integers write of a layer: the types, where its weights are, and what becomes of a sum.
private struct CLayer {
    var name: String
    var arguments: String
    /// Of what is read, made and summed.
    var types: (input: String, output: String, sum: String)
    /// Lines before a row of weights is used; `m` is its number, and `length` what it holds.
    var row: (_ length: String) -> [String]
    var start: String
    /// The product of `value` and `weight`.
    var tap: (_ value: String, _ weight: String) -> String
    /// Lines that hand on a sum.
    var end: (_ target: String) -> [String]
    var needs: [CFunction]
    var decodes = false

    static func floats(_ name: String) -> CLayer {
        CLayer(
            name: name, arguments: "const struct weights *weights, const float *bias, const float *in, float *out",
            types: ("float", "float", "float"),
            row: { _ in ["decode_row(&decoder);"] }, start: "0.0f", tap: { "\($1) * \($0)" },
            end: { ["\($0) = bias != NULL ? sum + bias[m] : sum;"] }, needs: [], decodes: true)
    }

    static func codes(_ name: String, isWide: Bool) -> CLayer {
        let (type, cast) = isWide ? ("int32_t", "") : ("int8_t", "(int8_t)")
        return CLayer(
            name: name, arguments: "const int8_t *in, \(type) *out, const struct layer *layer", types: ("int8_t", type, "int32_t"),
            row: { ["row = layer->weights + m * \($0);"] }, start: "layer->bias[m]", tap: { "(\($0) - layer->in_zero) * \($1)" },
            end: {
                [
                    "sum = rescaled(sum, layer->multipliers[m], layer->shifts[m]) + layer->out_zero;",
                    "\($0) = \(cast)cut(sum, layer->lower, layer->upper);",
                ]
            }, needs: [.layer])
    }

    /// What declares the row of weights.
    var declaration: String { decodes ? "struct decoder decoder = {weights, 0, 0, 0, 0};" : "const int8_t *row;" }

    func lines(_ lines: [String], _ depth: Int) -> String { lines.map { String(repeating: "    ", count: depth) + $0 + "\n" }.joined() }

    var dense: CFunction {
        CFunction(
            name: name,
            text: """
                /* out[p][m] = sum over k of weights[m][k] * in[p][k], with the bias. */
                static void \(name)(
                    \(arguments), uint32_t units, uint32_t inputs, uint32_t positions)
                {
                    \(declaration)
                    uint32_t m, p, k;
                    for (m = 0; m < units; m++) {
                \(lines(row("inputs"), 2))        for (p = 0; p < positions; p++) {
                            \(types.sum) sum = \(start);
                            for (k = 0; k < inputs; k++)
                                sum += \(tap("in[p * inputs + k]", "row[k]"));
                \(lines(end("out[p * units + m]"), 3))        }
                    }
                }
                """, needs: needs, decodes: decodes)
    }

    var convolution: CFunction {
        CFunction(
            name: name,
            text: """
                /* Filter by filter: in [channels][height][width], out [filters][out_height][out_width]. */
                static void \(name)(
                    \(arguments), const struct window *w)
                {
                    \(declaration)
                    const uint32_t depth = w->channels / w->groups;
                    uint32_t m, oy, ox, c, ky, kx;
                    for (m = 0; m < w->filters; m++) {
                        const \(types.input) *source = in + m / (w->filters / w->groups) * depth * w->height * w->width;
                \(lines(row("depth * w->kernel_height * w->kernel_width"), 2))        for (oy = 0; oy < w->out_height; oy++)
                            for (ox = 0; ox < w->out_width; ox++) {
                                \(types.sum) sum = \(start);
                                for (c = 0; c < depth; c++)
                                    for (ky = 0; ky < w->kernel_height; ky++) {
                                        const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                                        const \(types.input) *filter = row + (c * w->kernel_height + ky) * w->kernel_width;
                                        const \(types.input) *line;
                                        if (y >= w->height)
                                            continue; /* in the padding; above it the difference has wrapped around */
                                        line = source + (c * w->height + y) * w->width;
                                        for (kx = 0; kx < w->kernel_width; kx++) {
                                            const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                            if (x < w->width)
                                                sum += \(tap("line[x]", "filter[kx]"));
                                        }
                                    }
                \(lines(end("*out++"), 4))            }
                    }
                }
                """, needs: needs + [.window], decodes: decodes)
    }
}

extension CFunction {
    static let dense = CLayer.floats("dense").dense
    static let denseCodes = CLayer.codes("dense", isWide: false).dense
    static let denseWide = CLayer.codes("dense_wide", isWide: true).dense
    static let convolve = CLayer.floats("convolve").convolution
    static let convolveCodes = CLayer.codes("convolve", isWide: false).convolution
    static let convolveWide = CLayer.codes("convolve_wide", isWide: true).convolution
}
