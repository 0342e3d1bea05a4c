extension CFunction {
    /// The settings of a convolution or a pool.
    static let window = CFunction(
        name: "window",
        text: """
            struct window {
                uint32_t channels, height, width, filters, out_height, out_width, groups;
                uint32_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, top, left;
            };
            """)

    static let maxPool = maximum("float", lowest: "-FLT_MAX")
    static let maxPoolCodes = maximum("int8_t", lowest: "-128")

    private static func maximum(_ type: String, lowest: String) -> CFunction {
        pool(
            "max_pool", "The largest value of each window; what lies in the padding does not count.", type,
            start: ["\(type) largest = \(lowest);"],
            pixel: [
                "if (in[(c * w->height + y) * w->width + x] > largest)", "    largest = in[(c * w->height + y) * w->width + x];",
            ],
            end: ["*out++ = largest;"])
    }

    static let averagePool = pool(
        "average_pool",
        "The mean of each window: of its pixels, or, with a reach (rows and columns with their padding), of all places up to there.",
        "float", arguments: ", uint32_t reach_y, uint32_t reach_x",
        start: [
            "float sum = 0.0f;", "uint32_t rows = 0, columns = 0;", "for (kx = 0; kx < w->kernel_width; kx++) {",
            "    const uint32_t place = ox * w->stride_x + kx * w->dilation_x;",
            "    columns += (reach_x != 0 ? place < reach_x : place - w->left < w->width) ? 1u : 0u;", "}",
        ],
        row: ["rows += (reach_y != 0 ? y + w->top < reach_y : y < w->height) ? 1u : 0u;"],
        pixel: ["sum += in[(c * w->height + y) * w->width + x];"], end: ["*out++ = sum / (float)(rows * columns);"])

    static let meanPoolCodes = pool(
        "mean_pool", "The mean of each window, by the factor of its number of pixels, or by the only one.", "int8_t",
        arguments: ",\n    const int32_t *multipliers, const uint8_t *shifts, uint32_t by_number, int32_t in_zero, int32_t out_zero",
        start: ["int32_t sum = 0;", "uint32_t number = 0;"],
        pixel: ["sum += in[(c * w->height + y) * w->width + x] - in_zero;", "number++;"],
        end: [
            "number = by_number != 0 && number > 0 ? number - 1 : 0;",
            "*out++ = (int8_t)cut(nearest_even((int64_t)sum * multipliers[number], shifts[number]) + out_zero, -128, 127);",
        ], needs: [.nearestEven, .cut])

    /// What begins a window of a channel, what each row and each pixel that is not in the padding adds, and what ends it.
    private static func pool(
        _ name: String, _ what: String, _ type: String, arguments: String = "", start: [String], row: [String] = [], pixel: [String],
        end: [String], needs: [CFunction] = []
    ) -> CFunction {
        func lines(_ lines: [String], _ depth: Int) -> String {
            lines.map { String(repeating: "    ", count: depth) + $0 + "\n" }.joined()
        }
        return CFunction(
            name: name,
            text: """
                /* \(what) */
                static void \(name)(const \(type) *in, \(type) *out, const struct window *w\(arguments))
                {
                    uint32_t c, oy, ox, ky, kx;
                    for (c = 0; c < w->channels; c++)
                        for (oy = 0; oy < w->out_height; oy++)
                            for (ox = 0; ox < w->out_width; ox++) {
                \(lines(start, 4))                for (ky = 0; ky < w->kernel_height; ky++) {
                                    const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                \(lines(row, 5))                    if (y >= w->height)
                                        continue;
                                    for (kx = 0; kx < w->kernel_width; kx++) {
                                        const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                        if (x < w->width) {
                \(lines(pixel, 7))                        }
                                    }
                                }
                \(lines(end, 4))            }
                }
                """, needs: [.window] + needs)
    }

    static let meanOver = reduction("mean_over", "The mean", start: "0.0f", step: "result += x;", end: "result / (float)extent")
    static let sumOver = reduction("sum_over", "The sum", start: "0.0f", step: "result += x;", end: "result")
    static let maximumOver = reduction(
        "maximum_over", "The largest value", start: "-FLT_MAX", step: "result = x > result ? x : result;", end: "result")
    static let minimumOver = reduction(
        "minimum_over", "The smallest value", start: "FLT_MAX", step: "result = x < result ? x : result;", end: "result")
    static let meanCodes = reduction(
        "mean_over", "The mean", "int8_t", "int32_t",
        arguments: ",\n    int32_t multiplier, uint32_t shift, int32_t in_zero, int32_t out_zero",
        start: "0", step: "result += x - in_zero;",
        end: "(int8_t)cut(nearest_even((int64_t)result * multiplier, shift) + out_zero, -128, 127)", needs: [.nearestEven, .cut])

    private static func reduction(
        _ name: String, _ what: String, _ type: String = "float", _ sum: String = "float", arguments: String = "", start: String,
        step: String, end: String, needs: [CFunction] = []
    ) -> CFunction {
        CFunction(
            name: name,
            text: """
                /* \(what) over the middle axis of in [outer][extent][inner]. */
                static void \(name)(const \(type) *in, \(type) *out, uint32_t outer, uint32_t extent, uint32_t inner\(arguments))
                {
                    uint32_t i, j, k;
                    for (i = 0; i < outer; i++)
                        for (k = 0; k < inner; k++) {
                            \(sum) result = \(start);
                            for (j = 0; j < extent; j++) {
                                const \(sum) x = in[(i * extent + j) * inner + k];
                                \(step)
                            }
                            *out++ = \(end);
                        }
                }
                """, needs: needs)
    }
}
