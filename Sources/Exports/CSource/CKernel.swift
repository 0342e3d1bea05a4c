/// The functions of the generated source; only those that the network needs are written.
enum CKernel: Int, Hashable, CaseIterable, Comparable {
    case dense, denseByInput, convolve, maxPool, relu, add, addVector

    static func < (a: CKernel, b: CKernel) -> Bool { a.rawValue < b.rawValue }

    /// Whether it decodes weights.
    var decodes: Bool { self <= .convolve }
    /// Whether it needs the settings of a window.
    var hasWindow: Bool { self == .convolve || self == .maxPool }

    var text: String {
        switch self {
        case .dense:
            """
            /* out[m] = sum over k of weights[m][k] * in[k] + bias[m]. */
            static void dense(const struct weights *weights, const float *bias, const float *in, float *out, uint32_t units)
            {
                struct decoder decoder = {weights, 0, 0, 0, 0};
                uint32_t m, k;
                for (m = 0; m < units; m++) {
                    float sum = 0.0f;
                    decode_row(&decoder);
                    for (k = 0; k < weights->length; k++)
                        sum += row[k] * in[k];
                    out[m] = bias != NULL ? sum + bias[m] : sum;
                }
            }
            """
        case .denseByInput:
            """
            /* The same with weights[k][m], a row of them for each input. */
            static void dense_by_input(const struct weights *weights, const float *bias, const float *in, float *out, uint32_t inputs)
            {
                struct decoder decoder = {weights, 0, 0, 0, 0};
                uint32_t m, k;
                for (m = 0; m < weights->length; m++)
                    out[m] = bias != NULL ? bias[m] : 0.0f;
                for (k = 0; k < inputs; k++) {
                    decode_row(&decoder);
                    for (m = 0; m < weights->length; m++)
                        out[m] += row[m] * in[k];
                }
            }
            """
        case .convolve:
            """
            /* Filter by filter: in [channels][height][width], out [filters][out_height][out_width]. */
            static void convolve(const struct weights *weights, const float *bias, const float *in, float *out, const struct window *w)
            {
                struct decoder decoder = {weights, 0, 0, 0, 0};
                const uint32_t depth = w->channels / w->groups;
                uint32_t m, oy, ox, c, ky, kx;
                for (m = 0; m < w->filters; m++) {
                    const float *source = in + m / (w->filters / w->groups) * depth * w->height * w->width;
                    decode_row(&decoder);
                    for (oy = 0; oy < w->out_height; oy++)
                        for (ox = 0; ox < w->out_width; ox++) {
                            float sum = 0.0f;
                            for (c = 0; c < depth; c++)
                                for (ky = 0; ky < w->kernel_height; ky++) {
                                    const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                                    const float *filter = row + (c * w->kernel_height + ky) * w->kernel_width;
                                    const float *line;
                                    if (y >= w->height)
                                        continue; /* in the padding; above it the difference has wrapped around */
                                    line = source + (c * w->height + y) * w->width;
                                    for (kx = 0; kx < w->kernel_width; kx++) {
                                        const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                        if (x < w->width)
                                            sum += filter[kx] * line[x];
                                    }
                                }
                            *out++ = bias != NULL ? sum + bias[m] : sum;
                        }
                }
            }
            """
        case .maxPool: Self.maxPoolText
        case .relu:
            """
            static void relu(const float *in, float *out, uint32_t count)
            {
                uint32_t i;
                for (i = 0; i < count; i++)
                    out[i] = in[i] > 0.0f ? in[i] : 0.0f;
            }
            """
        case .add:
            """
            static void add(const float *a, const float *b, float *out, uint32_t count)
            {
                uint32_t i;
                for (i = 0; i < count; i++)
                    out[i] = a[i] + b[i];
            }
            """
        case .addVector:
            """
            /* Adds vector[i / length] to each value of the channels, one after the other. */
            static void add_vector(const float *in, const float *vector, float *out, uint32_t channels, uint32_t length)
            {
                uint32_t c, i;
                for (c = 0; c < channels; c++)
                    for (i = 0; i < length; i++)
                        out[c * length + i] = in[c * length + i] + vector[c];
            }
            """
        }
    }

    private static let maxPoolText = """
        /* The largest value of each window; what lies in the padding does not count. */
        static void max_pool(const float *in, float *out, const struct window *w)
        {
            uint32_t c, oy, ox, ky, kx;
            for (c = 0; c < w->channels; c++)
                for (oy = 0; oy < w->out_height; oy++)
                    for (ox = 0; ox < w->out_width; ox++) {
                        float largest = -FLT_MAX;
                        for (ky = 0; ky < w->kernel_height; ky++) {
                            const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                            if (y >= w->height)
                                continue;
                            for (kx = 0; kx < w->kernel_width; kx++) {
                                const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                if (x < w->width && in[(c * w->height + y) * w->width + x] > largest)
                                    largest = in[(c * w->height + y) * w->width + x];
                            }
                        }
                        *out++ = largest;
                    }
        }
        """

    /// The settings of a convolution or a pool.
    static let windowText = """
        struct window {
            uint32_t channels, height, width, filters, out_height, out_width, groups;
            uint32_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, top, left;
        };
        """
}
