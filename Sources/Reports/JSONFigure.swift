/// A value of a JSON document; what is not there, or is no finite number, is null.
public enum JSONFigure: Encodable, Hashable, Sendable, ExpressibleByDictionaryLiteral {
    case null
    case boolean(Bool)
    case whole(Int)
    case real(Double)
    case string(String)
    case list([JSONFigure])
    case object([String: JSONFigure])

    public init(dictionaryLiteral elements: (String, JSONFigure)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }

    public static func number(_ value: Double?) -> JSONFigure {
        value.flatMap { $0.isFinite ? .real($0) : nil } ?? .null
    }

    public static func integer(_ value: Int?) -> JSONFigure { value.map { .whole($0) } ?? .null }

    public static func text(_ value: String?) -> JSONFigure { value.map { .string($0) } ?? .null }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .whole(let value): try container.encode(value)
        case .real(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}
