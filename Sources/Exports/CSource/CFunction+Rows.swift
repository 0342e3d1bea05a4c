extension CFunction {
    static let softmax = CFunction(
        name: "softmax",
        text: """
            /* e^(x - max) over its sum along the middle axis of [outer][extent][inner]. */
            static void softmax(const float *in, float *out, uint32_t outer, uint32_t extent, uint32_t inner)
            {
                uint32_t i, j, k;
                for (i = 0; i < outer; i++)
                    for (k = 0; k < inner; k++) {
                        const float *x = in + i * extent * inner + k;
                        float *y = out + i * extent * inner + k;
                        float largest = x[0], sum = 0.0f;
                        for (j = 1; j < extent; j++)
                            largest = x[j * inner] > largest ? x[j * inner] : largest;
                        for (j = 0; j < extent; j++) {
                            y[j * inner] = exponential(x[j * inner] - largest);
                            sum += y[j * inner];
                        }
                        for (j = 0; j < extent; j++)
                            y[j * inner] /= sum;
                    }
            }
            """, needs: [.exponential])

    static let logSoftmax = CFunction(
        name: "log_softmax",
        text: """
            /* The logarithm of e^(x - max) over its sum along the middle axis of [outer][extent][inner]. */
            static void log_softmax(const float *in, float *out, uint32_t outer, uint32_t extent, uint32_t inner)
            {
                uint32_t i, j, k;
                for (i = 0; i < outer; i++)
                    for (k = 0; k < inner; k++) {
                        const float *x = in + i * extent * inner + k;
                        float *y = out + i * extent * inner + k;
                        float largest = x[0], sum = 0.0f;
                        for (j = 1; j < extent; j++)
                            largest = x[j * inner] > largest ? x[j * inner] : largest;
                        for (j = 0; j < extent; j++)
                            sum += exponential(x[j * inner] - largest);
                        sum = logarithm(sum);
                        for (j = 0; j < extent; j++)
                            y[j * inner] = x[j * inner] - largest - sum;
                    }
            }
            """, needs: [.exponential, .logarithm])

    static let batchNormalize = CFunction(
        name: "batch_normalize",
        text: """
            /* scale * (x - mean) / sqrt(variance + epsilon) + shift of [channels][length]. */
            static void batch_normalize(
                const float *in, float *out, const float *scale, const float *shift, const float *mean, const float *variance,
                uint32_t channels, uint32_t length, float epsilon)
            {
                uint32_t c, i;
                for (c = 0; c < channels; c++) {
                    const float factor = scale[c] / root(variance[c] + epsilon);
                    for (i = 0; i < length; i++)
                        out[c * length + i] = (in[c * length + i] - mean[c]) * factor + shift[c];
                }
            }
            """, needs: [.root])

    /// Layers, groups of channels and single channels alike: pieces of `size` values, whose scale changes every `plane` values.
    static let normalize = CFunction(
        name: "normalize",
        text: """
            /* Pieces of so many values less their mean and over their deviation, with a scale and a shift for each channel. */
            static void normalize(
                const float *in, float *out, const float *scale, const float *shift, uint32_t pieces, uint32_t size, uint32_t plane,
                uint32_t channels, float epsilon)
            {
                uint32_t p, i;
                for (p = 0; p < pieces; p++) {
                    const float *x = in + p * size;
                    float *y = out + p * size;
                    float mean = 0.0f, variance = 0.0f, deviation;
                    for (i = 0; i < size; i++)
                        mean += x[i];
                    mean /= (float)size;
                    for (i = 0; i < size; i++)
                        variance += (x[i] - mean) * (x[i] - mean);
                    deviation = root(variance / (float)size + epsilon);
                    for (i = 0; i < size; i++) {
                        const uint32_t c = (p * size + i) / plane % channels;
                        y[i] = (x[i] - mean) / deviation * scale[c] + (shift != NULL ? shift[c] : 0.0f);
                    }
                }
            }
            """, needs: [.root])

    static let quantize = CFunction(
        name: "quantize",
        text: """
            /* Whole numbers lower...upper: x / scale + zero, with one of both for each channel of so many values. */
            static void quantize(
                const float *in, float *out, const float *scale, const float *zero, uint32_t count, uint32_t channels, uint32_t length,
                float lower, float upper)
            {
                uint32_t i;
                for (i = 0; i < count; i++) {
                    const uint32_t c = i / length % channels;
                    out[i] = clamped(nearest(in[i] / scale[c]) + (zero != NULL ? zero[c] : 0.0f), lower, upper);
                }
            }
            """, needs: [.nearest, .clamped])

    static let dequantize = CFunction(
        name: "dequantize",
        text: """
            static void dequantize(
                const float *in, float *out, const float *scale, const float *zero, uint32_t count, uint32_t channels, uint32_t length)
            {
                uint32_t i;
                for (i = 0; i < count; i++) {
                    const uint32_t c = i / length % channels;
                    out[i] = (in[i] - (zero != NULL ? zero[c] : 0.0f)) * scale[c];
                }
            }
            """)

    static let move = CFunction(
        name: "move",
        text: """
            /* Where the elements of a result come from: the sum of an offset for each axis; below 0 stands the filling. */
            struct move {
                const int32_t *offsets;
                uint32_t rank, count[8];
            };

            static void move(const float *in, float *out, const struct move *m, float filling)
            {
                uint32_t place[8] = {0, 0, 0, 0, 0, 0, 0, 0}, axis, i;
                do {
                    const int32_t *table = m->offsets;
                    int32_t start = 0, outside = 0;
                    for (axis = 0; axis + 1 < m->rank; axis++) {
                        const int32_t offset = table[place[axis]];
                        outside |= offset < 0;
                        start += offset;
                        table += m->count[axis];
                    }
                    for (i = 0; i < m->count[m->rank - 1]; i++)
                        *out++ = outside || table[i] < 0 ? filling : in[start + table[i]];
                    for (axis = m->rank - 1; axis > 0; axis--) {
                        place[axis - 1]++;
                        if (place[axis - 1] < m->count[axis - 1])
                            break;
                        place[axis - 1] = 0;
                    }
                } while (axis > 0);
            }
            """)

    static let copyRows = CFunction(
        name: "copy_rows",
        text: """
            /* Rows of so many values into rows that are longer. */
            static void copy_rows(const float *in, float *out, uint32_t rows, uint32_t length, uint32_t stride)
            {
                uint32_t i;
                for (i = 0; i < rows; i++)
                    memcpy(out + i * stride, in + i * length, length * sizeof *out);
            }
            """)
}
