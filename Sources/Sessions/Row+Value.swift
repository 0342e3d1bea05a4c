import GRDB

extension Row {
    /// The value of a column; nil where it is null, of another type, or where there is no such column, as in a file whose schema is damaged.
    func value<Value: DatabaseValueConvertible>(_ type: Value.Type, _ column: String) -> Value? {
        guard hasColumn(column) else { return nil }
        return Value.fromDatabaseValue(self[column])
    }
}
