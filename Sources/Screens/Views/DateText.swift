import Foundation

/// Dates of sessions and snapshots: `2026-11-23 09:05`, the same in every locale.
enum DateText {
    /// Milliseconds since 1970 in a time zone.
    static func minutes(_ milliseconds: Int64, in zone: TimeZone = .current) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func digits(_ value: Int?, _ count: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return
            "\(digits(parts.year, 4))-\(digits(parts.month, 2))-\(digits(parts.day, 2)) \(digits(parts.hour, 2)):\(digits(parts.minute, 2))"
    }
}
