import Frames
import Reports

/// How far the figure may fall, which the verdict is held against.
extension Explorer {
    /// Whether it is typed in points of a share; R² is typed as it is.
    private var isInPoints: Bool { accuracy?.value.hasShare ?? true }

    /// What may be typed.
    var budgetRange: String { isInPoints ? "0…100 points, or none" : "0…1, or none" }

    /// Asks for it; what is in force is shown.
    mutating func promptForBudget() {
        ask(TextPrompt(.budget, placeholder: budget.map { VerdictText.amount($0, isShare: isInPoints) } ?? "none"))
    }

    /// Why there is nothing that a budget could be of, or nil.
    var figureBudgetObstacle: String? {
        guard let report = accuracy?.value, report.fidelity != nil, report.figure == nil else { return nil }
        return "this output has no figure that may fall, only its likeness to the original's"
    }

    func budgetRefusal(of text: String) -> String? {
        guard Self.removing.contains(text.lowercased()) || number(text) != nil else { return "type a number from \(budgetRange)" }
        return nil
    }

    mutating func setBudget(_ text: String) {
        let value = number(text)
        guard value != budget else { return }
        budget = value
        emit(.keepBudget(value))
        let name = accuracy?.value.figureName ?? "accuracy"
        let words = value.map {
            "\(name) may fall by \(VerdictText.amount($0, isShare: isInPoints))" + (isInPoints ? $0 == 0.01 ? " point" : " points" : "")
        }
        say(words ?? "\(name) may fall by anything", .success)
    }

    private static let removing: Set = ["", "none", "off", "no"]

    /// A typed number as it is kept; nil where it is none, or out of range.
    private func number(_ text: String) -> Double? {
        guard let typed = Double(text.replacing(",", with: ".")), typed >= 0, typed <= (isInPoints ? 100 : 1) else { return nil }
        return isInPoints ? typed / 100 : typed
    }
}
