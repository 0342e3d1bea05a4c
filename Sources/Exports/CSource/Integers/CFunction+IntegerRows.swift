/// The functions of one operand in a network of integers.
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

    static let scaleCodes = CFunction(
        name: "scale_by",
        text: """
            /* How far values and constants go on along each axis of the result. */
            struct scaling {
                uint32_t count[4], x[4], constant[4];
                const int32_t *multipliers, *offsets;
                int32_t positive, rise, shift, in_zero, out_zero, lower, upper;
            };

            /* x * multiplier + offset * 2^rise, one of both for each constant; from 0 on by the positive factor where there is one. */
            static void scale_by(const int8_t *in, int8_t *out, const struct scaling *s)
            {
                uint32_t i, j, k, l;
                for (i = 0; i < s->count[0]; i++)
                    for (j = 0; j < s->count[1]; j++)
                        for (k = 0; k < s->count[2]; k++)
                            for (l = 0; l < s->count[3]; l++) {
                                const int32_t x = in[i * s->x[0] + j * s->x[1] + k * s->x[2] + l * s->x[3]] - s->in_zero;
                                const uint32_t c = i * s->constant[0] + j * s->constant[1] + k * s->constant[2] + l * s->constant[3];
                                const int32_t factor = x >= 0 && s->positive != 0 ? s->positive : s->multipliers[c];
                                const int64_t sum = (int64_t)x * factor + s->offsets[c] * ((int64_t)1 << s->rise);
                                *out++ = (int8_t)cut(nearest_even(sum, (uint32_t)s->shift) + s->out_zero, s->lower, s->upper);
                            }
            }
            """, needs: [.nearestEven, .cut])
}
