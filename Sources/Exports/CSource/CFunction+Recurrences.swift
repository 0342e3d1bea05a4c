extension CFunction {
    /// Both directions go side by side, so that the weights are decoded once a step.
    static let recurrence = CFunction(
        name: "recur",
        text: """
            struct recurrence {
                uint32_t cell; /* 0 LSTM; 1, 2 GRU with the reset gate before and behind its product; 3, 4 plain with tanh, with max(x, 0) */
                uint32_t hidden, directions, steps, length, gates, is_reverse;
            };

            static float gate_of(uint32_t cell, uint32_t gate, float x)
            {
                if (cell == 4)
                    return x < 0.0f ? 0.0f : x;
                return cell == 3 || gate == (cell == 0 ? 3u : 2u) ? hyperbolic_tangent(x) : logistic(x);
            }

            /* Steps of in [steps][directions][gates][hidden], with weights [directions][gates][hidden][hidden]; results that are NULL are not written. */
            static void recur(
                const struct weights *weights, const float *in, const float *bias, const float *first_hidden, const float *first_cells,
                float *sequence, float *last_hidden, float *last_cells, const struct recurrence *r)
            {
                const uint32_t n = r->hidden, width = r->gates * n, states = r->directions * n;
                float *gates = scratch, *reset = gates + width, *hidden = reset + n, *cells = hidden + states;
                uint32_t s, d, m, k;
                for (k = 0; k < states; k++) {
                    hidden[k] = first_hidden != NULL ? first_hidden[k] : 0.0f;
                    cells[k] = first_cells != NULL ? first_cells[k] : 0.0f;
                }
                for (k = 0; sequence != NULL && k < r->steps * states; k++)
                    sequence[k] = 0.0f;
                for (s = 0; s < r->length; s++) {
                    struct decoder decoder = {weights, 0, 0, 0, 0};
                    for (d = 0; d < r->directions; d++) {
                        const uint32_t time = d == 1 || r->is_reverse != 0 ? r->length - 1 - s : s;
                        const float *x = in + (time * r->directions + d) * width;
                        const float *b = bias != NULL ? bias + 2 * d * width : NULL;
                        float *h = hidden + d * n, *c = cells + d * n;
                        for (m = 0; m < width; m++) {
                            const float *from = r->cell == 1 && m >= 2 * n ? reset : h;
                            float sum = b != NULL ? b[width + m] : 0.0f;
                            decode_row(&decoder);
                            for (k = 0; k < n; k++)
                                sum += row[k] * from[k];
                            if (r->cell == 2 && m >= 2 * n)
                                sum *= gates[m - n];
                            gates[m] = gate_of(r->cell, m / n, sum + x[m] + (b != NULL ? b[m] : 0.0f));
                            if (r->cell == 1 && m >= n && m < 2 * n)
                                reset[m - n] = gates[m] * h[m - n];
                        }
                        for (k = 0; k < n; k++) {
                            if (r->cell == 0) {
                                c[k] = gates[2 * n + k] * c[k] + gates[k] * gates[3 * n + k];
                                h[k] = gates[n + k] * hyperbolic_tangent(c[k]);
                            } else
                                h[k] = r->cell > 2 ? gates[k] : (1.0f - gates[k]) * gates[2 * n + k] + gates[k] * h[k];
                            if (sequence != NULL)
                                sequence[time * states + d * n + k] = h[k];
                        }
                    }
                }
                for (k = 0; last_hidden != NULL && k < states; k++)
                    last_hidden[k] = hidden[k];
                for (k = 0; last_cells != NULL && k < states; k++)
                    last_cells[k] = cells[k];
            }
            """, needs: [.hyperbolicTangent, .logistic], decodes: true)
}
