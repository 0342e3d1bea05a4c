/// The generated decoder, with the branches that the weights of a network need.
struct CDecoder {
    private let forms: Set<Int>
    private let kinds: Set<CWeights.Kind>

    init(_ weights: [CWeights]) {
        forms = Set(weights.map(\.form.number))
        kinds = Set(weights.map(\.kind))
    }

    /// Types and functions up to `decode_row`.
    var text: String { [Self.types, Self.readBits, half, readValue, decodeRow].filter { !$0.isEmpty }.joined(separator: "\n\n") }

    private static let types = """
        /* The weights of a layer: a stream of bits, the lowest of each byte first, and what its codes stand for. */
        struct weights {
            const uint8_t *stream;
            const float *values;   /* a table, or scales */
            uint32_t length;       /* weights of a row */
            int32_t lowest;        /* what code 0 stands for on a grid */
            uint8_t form;          /* 0: every weight has a code; 1: a bit before each says so; 2: a number of zeros before each code */
            uint8_t distance_bits; /* of that number; all ones: as many zeros and no code */
            uint8_t code_bits;
            uint8_t kind;          /* 0 table; 1, 2, 3 grid with one scale, a scale a row, a scale a column; 4, 5, 6 float32, binary16, bfloat16 */
        };

        struct decoder {
            const struct weights *weights;
            uint32_t position; /* in bits */
            uint32_t zeros;    /* still to come before the next code */
            uint32_t rows;     /* that are done */
            uint8_t has_code;  /* after these zeros */
        };
        """

    private static let readBits = """
        static uint32_t read_bits(struct decoder *decoder, uint32_t count)
        {
            uint32_t result = 0, filled = 0;
            while (filled < count) {
                const uint32_t start = decoder->position & 7u;
                const uint32_t taken = count - filled < 8u - start ? count - filled : 8u - start;
                const uint32_t byte = decoder->weights->stream[decoder->position >> 3];
                result |= ((byte >> start) & ((1u << taken) - 1u)) << filled;
                filled += taken;
                decoder->position += taken;
            }
            return result;
        }
        """

    private var half: String {
        guard kinds.contains(.float16) else { return "" }
        return """
            static float from_half(uint32_t bits)
            {
                const uint32_t exponent = (bits >> 10) & 31u;
                float value = (float)((bits & 1023u) | (exponent != 0 ? 1024u : 0u)) * (1.0f / 16777216.0f);
                uint32_t i;
                for (i = 1; i < exponent; i++)
                    value *= 2.0f;
                return (bits & 0x8000u) != 0 ? -value : value;
            }
            """
    }

    private var readValue: String {
        let usesColumn = kinds.contains(.columnGrid)
        let cases = kinds.sorted { $0.rawValue < $1.rawValue }.map(Self.branch)
        let declaration = kinds.isDisjoint(with: [.float32, .bfloat16]) ? "" : "\n    float value;"
        return """
            static float read_value(struct decoder *decoder\(usesColumn ? ", uint32_t column" : ""))
            {
                const struct weights *weights = decoder->weights;
                \(cases.contains { $0.contains("code = ") } ? "uint32_t" : "const uint32_t") code = read_bits(decoder, weights->code_bits);\(declaration)
                switch (weights->kind) {
            \(cases.joined(separator: "\n"))
                default:
                    return 0.0f;
                }
            }
            """
    }

    private static func branch(_ kind: CWeights.Kind) -> String {
        let grid = "(float)((int32_t)code + weights->lowest) * weights->values"
        let bits = "memcpy(&value, &code, sizeof value);\n        return value;"
        let body =
            switch kind {
            case .table: "return weights->values[code];"
            case .grid: "return \(grid)[0];"
            case .rowGrid: "return \(grid)[decoder->rows];"
            case .columnGrid: "return \(grid)[column];"
            case .float32: bits
            case .float16: "return from_half(code);"
            case .bfloat16: "code = code << 16;\n        \(bits)"
            }
        return "    case \(kind.rawValue):\n        \(body)"
    }

    private var decodeRow: String {
        let value = "read_value(decoder\(kinds.contains(.columnGrid) ? ", i" : ""))"
        let distances = """
                        if (decoder->zeros == 0 && decoder->has_code == 0) {
                            decoder->zeros = read_bits(decoder, weights->distance_bits);
                            decoder->has_code = decoder->zeros < (1u << weights->distance_bits) - 1u;
                        }
                        if (decoder->zeros > 0)
                            decoder->zeros--;
                        else if (decoder->has_code != 0) {
                            decoder->has_code = 0;
                            row[i] = \(value);
                        }
            """
        return """
            /* The next row of weights, into `row`. */
            static void decode_row(struct decoder *decoder)
            {
                const struct weights *weights = decoder->weights;
                uint32_t i;
                for (i = 0; i < weights->length; i++) {
                    row[i] = 0.0f;
                    switch (weights->form) {
            \([0, 1, 2].filter(forms.contains).map { Self.formBranch($0, value: value, distances: distances) }.joined(separator: "\n"))
                    default:
                        break;
                    }
                }
                decoder->rows++;
            }
            """
    }

    private static func formBranch(_ form: Int, value: String, distances: String) -> String {
        let body =
            switch form {
            case 0: "            row[i] = \(value);"
            case 1: "            if (read_bits(decoder, 1) != 0)\n                row[i] = \(value);"
            default: distances
            }
        return "        case \(form):\n\(body)\n            break;"
    }
}

extension CWeights.Form {
    /// The number in the generated source.
    var number: Int {
        switch self {
        case .every: 0
        case .bitmap: 1
        case .distances: 2
        }
    }

    /// Bits of a distance; 0 for other forms.
    var distanceBits: Int { if case .distances(let bits) = self { bits } else { 0 } }
}
