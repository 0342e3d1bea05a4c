extension CFunction {
    static let denseByInput = CFunction(
        name: "dense_by_input",
        text: """
            /* out[p][m] = sum over k of weights[k][m] * in[p][k], with the bias: a row of weights for each input. */
            static void dense_by_input(
                const struct weights *weights, const float *bias, const float *in, float *out, uint32_t inputs, uint32_t positions)
            {
                struct decoder decoder = {weights, 0, 0, 0, 0};
                const uint32_t units = weights->length;
                uint32_t m, p, k;
                for (p = 0; p < positions; p++)
                    for (m = 0; m < units; m++)
                        out[p * units + m] = bias != NULL ? bias[m] : 0.0f;
                for (k = 0; k < inputs; k++) {
                    decode_row(&decoder);
                    for (p = 0; p < positions; p++)
                        for (m = 0; m < units; m++)
                            out[p * units + m] += row[m] * in[p * inputs + k];
                }
            }
            """, decodes: true)

    static let multiplyMatrices = CFunction(
        name: "multiply_matrices",
        text: """
            /* out[b][n][m] = sum over k of a[b][n][k] * b[b][k][m]. */
            static void multiply_matrices(
                const float *a, const float *b, float *out, uint32_t batches, uint32_t rows, uint32_t inner, uint32_t columns)
            {
                uint32_t batch, n, m, k;
                for (batch = 0; batch < batches; batch++, b += inner * columns)
                    for (n = 0; n < rows; n++, a += inner)
                        for (m = 0; m < columns; m++) {
                            float sum = 0.0f;
                            for (k = 0; k < inner; k++)
                                sum += a[k] * b[k * columns + m];
                            *out++ = sum;
                        }
            }
            """)

    /// The window is that of the convolution which it is the transpose of: its `height` and `width` are those of the result.
    static let spread = CFunction(
        name: "convolve_transposed",
        text: """
            /* Channel by channel, each pixel of in [filters][out_height][out_width] adds its weights to out [channels][height][width]. */
            static void convolve_transposed(
                const struct weights *weights, const float *bias, const float *in, float *out, const struct window *w)
            {
                struct decoder decoder = {weights, 0, 0, 0, 0};
                const uint32_t depth = w->channels / w->groups, plane = w->height * w->width;
                uint32_t m, oy, ox, c, ky, kx, i;
                for (c = 0; c < w->channels; c++)
                    for (i = 0; i < plane; i++)
                        out[c * plane + i] = bias != NULL ? bias[c] : 0.0f;
                for (m = 0; m < w->filters; m++) {
                    float *target = out + m / (w->filters / w->groups) * depth * plane;
                    decode_row(&decoder);
                    for (oy = 0; oy < w->out_height; oy++)
                        for (ox = 0; ox < w->out_width; ox++) {
                            const float value = *in++;
                            for (c = 0; c < depth; c++)
                                for (ky = 0; ky < w->kernel_height; ky++) {
                                    const uint32_t y = oy * w->stride_y + ky * w->dilation_y - w->top;
                                    const float *filter = row + (c * w->kernel_height + ky) * w->kernel_width;
                                    if (y >= w->height)
                                        continue;
                                    for (kx = 0; kx < w->kernel_width; kx++) {
                                        const uint32_t x = ox * w->stride_x + kx * w->dilation_x - w->left;
                                        if (x < w->width)
                                            target[(c * w->height + y) * w->width + x] += filter[kx] * value;
                                    }
                                }
                        }
                }
            }
            """, needs: [.window], decodes: true)
}
