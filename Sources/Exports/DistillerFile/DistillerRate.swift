import Foundation

/// A learning rate scheduler of torch: after how many epochs how many of its factors are in the rate.
struct DistillerRate: Hashable {
    enum Course: Hashable {
        case exponential
        case step(Int)
        case milestones([Int])
    }

    var course: Course
    /// The factors one after another; the last one stands for all that follow.
    var gammas: [Double]

    init(course: Course, gamma: Double) { self.init(course: course, gammas: [gamma]) }

    init(course: Course, gammas: [Double]) {
        self.course = course
        self.gammas = gammas
    }

    /// How many factors are in the rate of an epoch, whatever happened before: Distiller sets the rate by the epoch's number.
    func power(epoch: Int) -> Int {
        switch course {
        case .exponential: epoch
        case .step(let size): epoch / size
        case .milestones(let epochs): epochs.count { $0 <= epoch }
        }
    }

    /// The product of the factors `from`…`power` − 1. Equal ones are a power, which gives a factor itself rather than a quotient near it.
    func product(from: Int = 0, power: Int) -> Double {
        if gammas.count == 1 { return pow(gammas[0], Double(power - from)) }
        let range = min(from, power)..<max(from, power)
        let product = range.reduce(1) { $0 * gammas[min($1, gammas.count - 1)] }
        return power >= from ? product : 1 / product
    }

    /// Factors by the epoch at whose start they act, one dictionary for each scheduler; `epochs` are those at whose end it sets the rate.
    ///
    /// Of several schedulers in one epoch each replaces what the one before has set.
    static func factors(_ schedulers: [(rate: DistillerRate, epochs: [Int])], count: Int) -> [[Int: Double]] {
        var result: [[Int: Double]] = schedulers.map { _ in [:] }
        let active = schedulers.map { Set($0.epochs) }
        var last: (index: Int?, power: Int, value: Double) = (nil, 0, 1)
        for epoch in 0..<max(0, count - 1) {
            for index in schedulers.indices where active[index].contains(epoch) {
                let rate = schedulers[index].rate
                let power = rate.power(epoch: epoch + 1)
                let isSame = last.index == nil || last.index == index
                let value = rate.product(power: power)
                let factor = isSame ? rate.product(from: last.power, power: power) : value / last.value
                if factor != 1, factor.isFinite, factor > 0 { result[index][epoch + 1, default: 1] *= factor }
                last = (index, power, value)
            }
        }
        return result
    }
}
