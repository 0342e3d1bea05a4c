/// The layers, sums and products of a network of integers.
extension CFunction {
    static let shifted = CFunction(
        name: "shifted",
        text: """
            /* value * 2^-shift to the nearest whole number, ties up. */
            static int32_t shifted(int64_t value, uint32_t shift)
            {
                const int64_t sum = value + ((int64_t)1 << (shift - 1));
                return (int32_t)(sum >= 0 ? sum >> shift : ~(~sum >> shift));
            }
            """)

    static let nearestEven = CFunction(
        name: "nearest_even",
        text: """
            /* value * 2^-shift to the nearest whole number, ties to the even one. */
            static int32_t nearest_even(int64_t value, uint32_t shift)
            {
                const int64_t half = (int64_t)1 << (shift - 1), sum = value + half;
                const int32_t rounded = (int32_t)(sum >= 0 ? sum >> shift : ~(~sum >> shift));
                return (sum & ((half << 1) - 1)) == 0 ? rounded & ~1 : rounded;
            }
            """)

    /// The rounded product by a factor of ``Rescaling``.
    static let rescaled = CFunction(
        name: "rescaled",
        text: """
            static int32_t rescaled(int32_t sum, int32_t multiplier, uint32_t shift)
            {
                return shifted((int64_t)sum * multiplier, shift);
            }
            """, needs: [.shifted, .cut])

    static let cut = CFunction(
        name: "cut",
        text: """
            static int32_t cut(int32_t value, int32_t lower, int32_t upper)
            {
                return value < lower ? lower : value > upper ? upper : value;
            }
            """)

    static let layer = CFunction(
        name: "layer",
        text: """
            /* A layer's weights [filters][taps], and for each filter its bias and the factor multiplier * 2^-shift. */
            struct layer {
                const int8_t *weights;
                const int32_t *bias, *multipliers;
                const uint8_t *shifts;
                int32_t in_zero, out_zero, lower, upper;
            };
            """, needs: [.rescaled])

    private static let pair = CFunction(
        name: "pair",
        text: """
            /* How far two operands go on along each axis of the result, and their factors. */
            struct pair {
                uint32_t count[4], a[4], b[4];
                int32_t a_multiplier, b_multiplier, shift, a_zero, b_zero, out_zero, lower, upper;
            };
            """, needs: [.nearestEven, .cut])

    static let addCodes = pairs("add", "(int64_t)x * p->a_multiplier + (int64_t)y * p->b_multiplier")
    static let multiplyCodes = pairs("multiply", "(int64_t)(x * y) * p->a_multiplier")

    private static func pairs(_ name: String, _ value: String) -> CFunction {
        CFunction(
            name: name,
            text: """
                static void \(name)(const int8_t *a, const int8_t *b, int8_t *out, const struct pair *p)
                {
                    uint32_t i, j, k, l;
                    for (i = 0; i < p->count[0]; i++)
                        for (j = 0; j < p->count[1]; j++)
                            for (k = 0; k < p->count[2]; k++)
                                for (l = 0; l < p->count[3]; l++) {
                                    const int32_t x = a[i * p->a[0] + j * p->a[1] + k * p->a[2] + l * p->a[3]] - p->a_zero;
                                    const int32_t y = b[i * p->b[0] + j * p->b[1] + k * p->b[2] + l * p->b[3]] - p->b_zero;
                                    const int32_t value = nearest_even(\(value), (uint32_t)p->shift);
                                    *out++ = (int8_t)cut(value + p->out_zero, p->lower, p->upper);
                                }
                }
                """, needs: [.pair])
    }
}
