/// Functions of one number, without libm. Their errors were measured at every 97th float of the range against double precision.
extension CFunction {
    static let clamped = CFunction(
        name: "clamped",
        text: """
            static float clamped(float x, float lower, float upper)
            {
                const float raised = x < lower ? lower : x;
                return raised > upper ? upper : raised;
            }
            """)

    static let powerOfTwo = CFunction(
        name: "power_of_two",
        text: """
            /* 2^k for k in -126...127. */
            static float power_of_two(int32_t k)
            {
                const uint32_t bits = (uint32_t)(k + 127) << 23;
                float value;
                memcpy(&value, &bits, sizeof value);
                return value;
            }
            """)

    /// x = k·ln 2 + r with |r| ≤ ln 2 / 2, and the Taylor series of e^r: the first term left out is below 6e-9.
    static let exponential = CFunction(
        name: "exponential",
        text: """
            /* e^x; the largest relative error is 8.4e-8, and less than 1e-38 becomes less exact or 0. */
            static float exponential(float x)
            {
                int32_t k;
                float r, p;
                if (!(x < 88.72283f))
                    return x > 0.0f ? 3.4028235e38f * x : x; /* infinite; NaN stays */
                if (x < -103.0f)
                    return 0.0f;
                k = (int32_t)(x * 1.44269504f + (x < 0.0f ? -0.5f : 0.5f));
                r = (x - (float)k * 0.693145751953125f) - (float)k * 1.42860677e-6f;
                p = 1.0f / 720.0f + r * (1.0f / 5040.0f);
                p = 1.0f / 24.0f + r * (1.0f / 120.0f + r * p);
                p = 1.0f + (r + r * r * (0.5f + r * (1.0f / 6.0f + r * p)));
                return p * power_of_two(k / 2) * power_of_two(k - k / 2);
            }
            """, needs: [.powerOfTwo])

    /// x = m·2^k with m in √½…√2, and ln m = 2·artanh((m − 1) / (m + 1)) by its series up to s¹¹.
    static let logarithm = CFunction(
        name: "logarithm",
        text: """
            /* ln x of positive numbers; the largest error is 1.1e-7 of the larger of |ln x| and 1. */
            static float logarithm(float x)
            {
                uint32_t bits;
                int32_t k;
                float m, s, t;
                if (!(x > 0.0f))
                    return x == 0.0f ? -3.4028235e38f * (2.0f + x) : (x - x) / (x - x);
                k = x < 1.17549435e-38f ? -24 : 0;
                m = k != 0 ? x * 16777216.0f : x;
                memcpy(&bits, &m, sizeof bits);
                k += (int32_t)(bits >> 23) - 127;
                bits = (bits & 0x7FFFFFu) | 0x3F800000u;
                memcpy(&m, &bits, sizeof m);
                if (m > 1.41421356f) {
                    m *= 0.5f;
                    k++;
                }
                s = (m - 1.0f) / (m + 1.0f);
                t = s * s;
                t = t * (1.0f / 3.0f + t * (1.0f / 5.0f + t * (1.0f / 7.0f + t * (1.0f / 9.0f + t * (1.0f / 11.0f)))));
                return (float)k * 0.693145751953125f + ((float)k * 1.42860677e-6f + 2.0f * (s + s * t));
            }
            """)

    /// Newton's steps from half the exponent.
    static let root = CFunction(
        name: "root",
        text: """
            /* The square root of numbers from 1.2e-38 on; the largest relative error is 9.0e-8. */
            static float root(float x)
            {
                uint32_t bits, i;
                float y;
                if (!(x > 0.0f))
                    return x == 0.0f ? x : (x - x) / (x - x);
                memcpy(&bits, &x, sizeof bits);
                bits = (bits >> 1) + 0x1FC00000u;
                memcpy(&y, &bits, sizeof y);
                for (i = 0; i < 4; i++)
                    y = 0.5f * (y + x / y);
                return y;
            }
            """)

    /// By its series near 0, whose first term left out is below 1e-9 of it, else by e^(2x).
    static let hyperbolicTangent = CFunction(
        name: "hyperbolic_tangent",
        text: """
            /* tanh x; the largest relative error is 3.1e-7. */
            static float hyperbolic_tangent(float x)
            {
                const float size = x < 0.0f ? -x : x;
                float value;
                if (size < 0.25f) {
                    const float s = x * x;
                    const float p = 62.0f / 2835.0f - s * (1382.0f / 155925.0f);
                    return x + x * s * (-1.0f / 3.0f + s * (2.0f / 15.0f + s * (-17.0f / 315.0f + s * p)));
                }
                value = 1.0f - 2.0f / (exponential(2.0f * size) + 1.0f);
                return x < 0.0f ? -value : value;
            }
            """, needs: [.exponential])

    static let logistic = CFunction(
        name: "logistic",
        text: """
            /* 1 / (1 + e^-x); the largest relative error is 1.4e-7. */
            static float logistic(float x)
            {
                return 1.0f / (1.0f + exponential(-x));
            }
            """, needs: [.exponential])

    static let logOfOneAndExponential = CFunction(
        name: "soft_plus",
        text: """
            /* ln(1 + e^x); the largest error is 1.4e-7 of the larger of it and 1. */
            static float soft_plus(float x)
            {
                const float tail = logarithm(1.0f + exponential(x > 0.0f ? -x : x));
                return x > 0.0f ? x + tail : tail;
            }
            """, needs: [.exponential, .logarithm])

    /// Abramowitz and Stegun 1964, 7.1.26.
    static let errorFunction = CFunction(
        name: "error_function",
        text: """
            /* erf x by Abramowitz and Stegun, 7.1.26; the largest error is 6.2e-7. */
            static float error_function(float x)
            {
                const float size = x < 0.0f ? -x : x, t = 1.0f / (1.0f + 0.3275911f * size);
                const float p = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
                const float value = 1.0f - p * exponential(-size * size);
                return x < 0.0f ? -value : value;
            }
            """, needs: [.exponential])

    static let nearest = CFunction(
        name: "nearest",
        text: """
            /* To the nearest whole number, ties to the even one. */
            static float nearest(float x)
            {
                int32_t whole;
                float rest;
                if (!(x > -8388608.0f && x < 8388608.0f))
                    return x;
                whole = (int32_t)x;
                rest = x - (float)whole;
                if (rest > 0.5f || (rest == 0.5f && whole % 2 != 0))
                    whole++;
                else if (rest < -0.5f || (rest == -0.5f && whole % 2 != 0))
                    whole--;
                return (float)whole;
            }
            """)

    static let floor = CFunction(
        name: "whole_below",
        text: """
            /* The largest whole number that is not above x. */
            static float whole_below(float x)
            {
                float whole;
                if (!(x > -8388608.0f && x < 8388608.0f))
                    return x;
                whole = (float)(int32_t)x;
                return whole > x ? whole - 1.0f : whole;
            }
            """)
}
