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

    static let maxPool = CFunction(
        name: "max_pool",
        text: """
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
            """, needs: [.window])

    static let averagePool = CFunction(
        name: "average_pool",
        text: """
            /* The mean of each window: of its pixels, or, with a reach (rows and columns with their padding), of all places up to there. */
            static void average_pool(const float *in, float *out, const struct window *w, uint32_t reach_y, uint32_t reach_x)
            {
                uint32_t c, oy, ox, ky, kx;
                for (c = 0; c < w->channels; c++)
                    for (oy = 0; oy < w->out_height; oy++)
                        for (ox = 0; ox < w->out_width; ox++) {
                            float sum = 0.0f;
                            uint32_t rows = 0, columns = 0;
                            for (kx = 0; kx < w->kernel_width; kx++) {
                                const uint32_t place = ox * w->stride_x + kx * w->dilation_x;
                                columns += (reach_x != 0 ? place < reach_x : place - w->left < w->width) ? 1u : 0u;
                            }
                            for (ky = 0; ky < w->kernel_height; ky++) {
                                const uint32_t place = oy * w->stride_y + ky * w->dilation_y, y = place - w->top;
                                rows += (reach_y != 0 ? place < reach_y : y < w->height) ? 1u : 0u;
                                if (y >= w->height)
                                    continue;
                                for (kx = 0; kx < w->kernel_width; kx++) {
                                    const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                    if (x < w->width)
                                        sum += in[(c * w->height + y) * w->width + x];
                                }
                            }
                            *out++ = sum / (float)(rows * columns);
                        }
            }
            """, needs: [.window])

    static let meanOver = reduction("mean_over", "The mean", start: "0.0f", step: "result += x;", end: "result / (float)extent")
    static let sumOver = reduction("sum_over", "The sum", start: "0.0f", step: "result += x;", end: "result")
    static let maximumOver = reduction(
        "maximum_over", "The largest value", start: "-FLT_MAX", step: "result = x > result ? x : result;", end: "result")
    static let minimumOver = reduction(
        "minimum_over", "The smallest value", start: "FLT_MAX", step: "result = x < result ? x : result;", end: "result")

    private static func reduction(_ name: String, _ what: String, start: String, step: String, end: String) -> CFunction {
        CFunction(
            name: name,
            text: """
                /* \(what) over the middle axis of in [outer][extent][inner]. */
                static void \(name)(const float *in, float *out, uint32_t outer, uint32_t extent, uint32_t inner)
                {
                    uint32_t i, j, k;
                    for (i = 0; i < outer; i++)
                        for (k = 0; k < inner; k++) {
                            float result = \(start);
                            for (j = 0; j < extent; j++) {
                                const float x = in[(i * extent + j) * inner + k];
                                \(step)
                            }
                            *out++ = \(end);
                        }
                }
                """)
    }
}
