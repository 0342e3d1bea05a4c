extension CFunction {
    static let softmax = softmax(
        "softmax", "e^(x - max) over its sum", each: ["y[j * inner] = exponential(x[j * inner] - largest);", "sum += y[j * inner];"],
        result: "y[j * inner] /= sum;", needs: [.exponential])

    static let logSoftmax = softmax(
        "log_softmax", "The logarithm of e^(x - max) over its sum", each: ["sum += exponential(x[j * inner] - largest);"],
        total: "\n            sum = logarithm(sum);", result: "y[j * inner] = x[j * inner] - largest - sum;",
        needs: [.exponential, .logarithm])

    static let softmaxCodes = softmax(
        "softmax", "e^(x - max), by a table, over its sum", "int8_t", largest: "int32_t", sum: "int64_t sum = 0;",
        arguments: ",\n    const int32_t *exponentials, int64_t factor, int32_t out_zero",
        each: ["sum += exponentials[largest - x[j * inner]];"],
        result:
            "y[j * inner] = (int8_t)cut((int32_t)((exponentials[largest - x[j * inner]] * factor + (sum << 15)) / (sum << 16)) + out_zero, -128, 127);",
        needs: [.cut])

    /// What each element adds to the sum, what becomes of the sum, and what the result is.
    private static func softmax(
        _ name: String, _ what: String, _ type: String = "float", largest: String = "float", sum: String = "float sum = 0.0f;",
        arguments: String = "", each: [String], total: String = "", result: String, needs: [CFunction]
    ) -> CFunction {
        CFunction(
            name: name,
            text: """
                /* \(what) along the middle axis of [outer][extent][inner]. */
                static void \(name)(const \(type) *in, \(type) *out, uint32_t outer, uint32_t extent, uint32_t inner\(arguments))
                {
                    uint32_t i, j, k;
                    for (i = 0; i < outer; i++)
                        for (k = 0; k < inner; k++) {
                            const \(type) *x = in + i * extent * inner + k;
                            \(type) *y = out + i * extent * inner + k;
                            \(largest) largest = x[0];
                            \(sum)
                            for (j = 1; j < extent; j++)
                                largest = x[j * inner] > largest ? x[j * inner] : largest;
                            for (j = 0; j < extent; j++) {
                                \(each.joined(separator: "\n                "))
                            }\(total)
                            for (j = 0; j < extent; j++)
                                \(result)
                        }
                }
                """, needs: needs)
    }

    static let tableRows = CFunction(
        name: "table_rows",
        text: """
            /* Rows of a table that numbers name, below 0 counted from its end; not a number where there is no such row. */
            static void table_rows(const float *table, const float *numbers, float *out, uint32_t count, uint32_t rows, uint32_t width)
            {
                const float zero = 0.0f;
                uint32_t i, j;
                for (i = 0; i < count; i++) {
                    const float number = numbers[i] < 0.0f ? numbers[i] + (float)rows : numbers[i];
                    const int known = number >= 0.0f && number < (float)rows;
                    const float *row = table + (known ? (uint32_t)number : 0) * width;
                    for (j = 0; j < width; j++)
                        *out++ = known ? row[j] : zero / zero;
                }
            }
            """)

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

    static let quantize = coding(
        "quantize", "Whole numbers lower...upper: x / scale + zero", arguments: ",\n    float lower, float upper",
        "clamped(nearest(in[i] / scale[c]) + (zero != NULL ? zero[c] : 0.0f), lower, upper)", needs: [.nearest, .clamped])

    static let dequantize = coding("dequantize", "(x - zero) * scale", "(in[i] - (zero != NULL ? zero[c] : 0.0f)) * scale[c]")

    private static func coding(
        _ name: String, _ what: String, arguments: String = "", _ value: String, needs: [CFunction] = []
    ) -> CFunction {
        CFunction(
            name: name,
            text: """
                /* \(what), with one of both for each channel of so many values. */
                static void \(name)(
                    const float *in, float *out, const float *scale, const float *zero, uint32_t count, uint32_t channels, uint32_t length\(arguments))
                {
                    uint32_t i;
                    for (i = 0; i < count; i++) {
                        const uint32_t c = i / length % channels;
                        out[i] = \(value);
                    }
                }
                """, needs: needs)
    }

    static let move = move("float")
    static let moveCodes = move("int8_t")

    private static func move(_ type: String) -> CFunction {
        CFunction(
            name: "move",
            text: """
                /* Where the elements of a result come from: the sum of an offset for each axis; below 0 stands the filling. */
                struct move {
                    const int32_t *offsets;
                    uint32_t rank, count[8];
                };

                static void move(const \(type) *in, \(type) *out, const struct move *m, \(type) filling)
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
    }

    static let copyRows = copyRows("float")
    static let copyCodes = copyRows("int8_t")

    private static func copyRows(_ type: String) -> CFunction {
        CFunction(
            name: "copy_rows",
            text: """
                /* Rows of so many values into rows that are longer. */
                static void copy_rows(const \(type) *in, \(type) *out, uint32_t rows, uint32_t length, uint32_t stride)
                {
                    uint32_t i, k;
                    for (i = 0; i < rows; i++)
                        for (k = 0; k < length; k++)
                            out[i * stride + k] = in[i * length + k];
                }
                """)
    }
}
