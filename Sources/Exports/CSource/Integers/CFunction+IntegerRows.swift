/// The windows, functions and moves of a network of integers.
extension CFunction {
    static let lookUp = CFunction(
        name: "look_up",
        text: """
            static void look_up(const int8_t *in, int8_t *out, uint32_t count, const int8_t *table)
            {
                uint32_t i;
                for (i = 0; i < count; i++)
                    out[i] = table[in[i] + 128];
            }
            """)

    static let maxPoolCodes = CFunction(
        name: "max_pool",
        text: """
            /* The largest code of each window; what lies in the padding does not count. */
            static void max_pool(const int8_t *in, int8_t *out, const struct window *w)
            {
                uint32_t c, oy, ox, ky, kx;
                for (c = 0; c < w->channels; c++)
                    for (oy = 0; oy < w->out_height; oy++)
                        for (ox = 0; ox < w->out_width; ox++) {
                            int8_t largest = -128;
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

    static let meanPoolCodes = CFunction(
        name: "mean_pool",
        text: """
            /* The mean of each window, by the factor of its number of pixels, or by the only one. */
            static void mean_pool(
                const int8_t *in, int8_t *out, const struct window *w, const int32_t *multipliers, const uint8_t *shifts, uint32_t by_number,
                int32_t in_zero, int32_t out_zero)
            {
                uint32_t c, oy, ox, ky, kx;
                for (c = 0; c < w->channels; c++)
                    for (oy = 0; oy < w->out_height; oy++)
                        for (ox = 0; ox < w->out_width; ox++) {
                            int32_t sum = 0;
                            uint32_t number = 0;
                            for (ky = 0; ky < w->kernel_height; ky++) {
                                const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                                if (y >= w->height)
                                    continue;
                                for (kx = 0; kx < w->kernel_width; kx++) {
                                    const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                    if (x < w->width) {
                                        sum += in[(c * w->height + y) * w->width + x] - in_zero;
                                        number++;
                                    }
                                }
                            }
                            number = by_number != 0 && number > 0 ? number - 1 : 0;
                            *out++ = (int8_t)cut(nearest_even((int64_t)sum * multipliers[number], shifts[number]) + out_zero, -128, 127);
                        }
            }
            """, needs: [.window, .nearestEven, .cut])

    static let meanCodes = CFunction(
        name: "mean_over",
        text: """
            /* The mean over the middle axis of in [outer][extent][inner]. */
            static void mean_over(
                const int8_t *in, int8_t *out, uint32_t outer, uint32_t extent, uint32_t inner, int32_t multiplier, uint32_t shift,
                int32_t in_zero, int32_t out_zero)
            {
                uint32_t i, j, k;
                for (i = 0; i < outer; i++)
                    for (k = 0; k < inner; k++) {
                        int32_t sum = 0;
                        for (j = 0; j < extent; j++)
                            sum += in[(i * extent + j) * inner + k] - in_zero;
                        *out++ = (int8_t)cut(nearest_even((int64_t)sum * multiplier, shift) + out_zero, -128, 127);
                    }
            }
            """, needs: [.nearestEven, .cut])

    static let softmaxCodes = CFunction(
        name: "softmax",
        text: """
            /* Along the middle axis of [outer][extent][inner]: e^(x - max), by a table, over its sum. */
            static void softmax(
                const int8_t *in, int8_t *out, uint32_t outer, uint32_t extent, uint32_t inner, const int32_t *exponentials, int64_t factor,
                int32_t out_zero)
            {
                uint32_t i, j, k;
                for (i = 0; i < outer; i++)
                    for (k = 0; k < inner; k++) {
                        const int8_t *x = in + i * extent * inner + k;
                        int8_t *y = out + i * extent * inner + k;
                        int32_t largest = x[0];
                        int64_t sum = 0;
                        for (j = 1; j < extent; j++)
                            largest = x[j * inner] > largest ? x[j * inner] : largest;
                        for (j = 0; j < extent; j++)
                            sum += exponentials[largest - x[j * inner]];
                        for (j = 0; j < extent; j++) {
                            const int64_t share = (exponentials[largest - x[j * inner]] * factor + (sum << 15)) / (sum << 16);
                            y[j * inner] = (int8_t)cut((int32_t)share + out_zero, -128, 127);
                        }
                    }
            }
            """, needs: [.cut])

    static let copyCodes = CFunction(
        name: "copy_rows",
        text: """
            /* Rows of so many codes into rows that are longer. */
            static void copy_rows(const int8_t *in, int8_t *out, uint32_t rows, uint32_t length, uint32_t stride)
            {
                uint32_t i, k;
                for (i = 0; i < rows; i++)
                    for (k = 0; k < length; k++)
                        out[i * stride + k] = in[i * length + k];
            }
            """)

    static let moveCodes = CFunction(
        name: "move",
        text: """
            /* Where the elements of a result come from: the sum of an offset for each axis; below 0 stands the filling. */
            static void move(
                const int8_t *in, int8_t *out, const int32_t *offsets, const uint32_t *counts, uint32_t rank, int8_t filling)
            {
                uint32_t place[8] = {0, 0, 0, 0, 0, 0, 0, 0}, axis, i;
                do {
                    const int32_t *table = offsets;
                    int32_t start = 0, outside = 0;
                    for (axis = 0; axis + 1 < rank; axis++) {
                        const int32_t offset = table[place[axis]];
                        outside |= offset < 0;
                        start += offset;
                        table += counts[axis];
                    }
                    for (i = 0; i < counts[rank - 1]; i++)
                        *out++ = outside || table[i] < 0 ? filling : in[start + table[i]];
                    for (axis = rank - 1; axis > 0; axis--) {
                        place[axis - 1]++;
                        if (place[axis - 1] < counts[axis - 1])
                            break;
                        place[axis - 1] = 0;
                    }
                } while (axis > 0);
            }
            """)
}
