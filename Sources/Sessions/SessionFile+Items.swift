import Foundation
import GRDB

extension SessionFile {
    private static let largestText = 64 << 20

    /// A JSON text, refused above 64 MiB.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String, path: String, what: String) throws(SessionError) -> Value {
        guard text.utf8.count <= largestText else { throw .unreadable(path: path, reason: "\(what) is larger than 64 MiB") }
        do {
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(
                positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw .unreadable(path: path, reason: "\(what) is damaged")
        }
    }

    /// Sorted keys; numbers that are none are the texts `Infinity`, `-Infinity` and `NaN`, for a training may diverge and must still be kept.
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    func set(_ name: String, _ value: some Encodable, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO item (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [name, try Self.encode(value)])
    }

    func get<Value: Decodable>(_ name: String, as type: Value.Type, _ db: Database) throws -> Value? {
        guard let text = try String.fetchOne(db, sql: "SELECT value FROM item WHERE name = ?", arguments: [name]) else { return nil }
        return try Self.decode(type, from: text, path: path, what: name)
    }
}
