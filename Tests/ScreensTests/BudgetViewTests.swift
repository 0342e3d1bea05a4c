import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions
import Testing

/// One budget over all layers, turned by the arrow keys.
@Suite("One budget on the screen")
struct BudgetViewTests {
    /// The view with the spectra that the lane would find where there are no training examples.
    private static func desk() -> Desk {
        var desk = Desk()
        desk.type(":show-budget")
        desk.press(.enter)
        let starts = desk.effects.compactMap { if case .start(let start) = $0 { start.request as? SpectraOrder } else { nil } }
        #expect(starts == [SpectraOrder(base: nil, weighting: .outputs)])
        #expect(desk.screen.contains("One budget over all layers"))
        let network = desk.explorer.network
        var spectra: [String: LayerSpectrum] = [:]
        for layer in network.layers {
            guard let weights = network.parameters[layer.weight]?.values else { continue }
            spectra[layer.weight] = LayerSpectrum(plain: weights, of: layer)
        }
        var report = SpectraReport(base: nil, weighting: .outputs, count: spectra.count)
        desk.send(.engine(.task(TaskID(.spectra), .report(report))))
        #expect(desk.screen.contains("gathering outputs"))
        report = SpectraReport(
            base: nil, weighting: .plain, spectra: spectra, count: spectra.count, remark: "there are no training examples")
        desk.send(.engine(.task(TaskID(.spectra), .ended(report))))
        return desk
    }

    private func ranks(_ desk: Desk) -> [Int?] {
        desk.explorer.layers.map { desk.explorer.plan(of: $0).factorization(of: $0.geometry)?.first }
    }

    private func cost(_ desk: Desk) -> Int {
        var sum = 54
        for (layer, rank) in zip(desk.explorer.layers, ranks(desk)) {
            let made = rank.map { Factorization(.channel, ranks: [$0], of: layer.geometry) }
            sum += made?.parameterCount(of: layer.geometry) ?? layer.count
        }
        return sum
    }

    @Test("Every layer gets its rank in the key's own frame, turns in a row are one entry, and undo takes them back")
    func turns() {
        var desk = Self.desk()
        let dense = cost(desk)
        #expect(dense == 54 + 36 + 288 + 2_304 + 320 && desk.screen.contains("3,002"))
        for step in 1...10 {
            desk.press(.shiftLeft, after: 100)
            #expect(cost(desk) <= dense * (100 - 5 * step) / 100)
            #expect(desk.screen.contains("parameters at most \(100 - 5 * step)%"))
        }
        #expect(ranks(desk).contains { $0 != nil } && desk.explorer.history.changes.count == 1)
        #expect(desk.explorer.history.changes.last?.label == "budget: parameters at most 50%")
        #expect(desk.screen.contains("energies of the weights") && desk.screen.contains("there are no training examples"))
        desk.type("u")
        #expect(ranks(desk) == [nil, nil, nil, nil] && desk.screen.contains("the plan is another one by now"))
        desk.press(.shiftRight)
        #expect(cost(desk) <= dense * 55 / 100)
        for _ in 0..<20 { desk.press(.shiftRight, after: 100) }
        #expect(ranks(desk) == [nil, nil, nil, nil] && desk.explorer.message?.text.contains("at its end") == true)
        for _ in 0..<30 { desk.press(.shiftLeft, after: 100) }
        #expect(desk.screen.contains("no choice is cheaper"))
    }

    @Test("A pinned layer stays, another unit begins anew, and the view closes")
    func pins() {
        var desk = Self.desk()
        desk.press([.down, .down])
        desk.type("p")
        for _ in 0..<12 { desk.press(.shiftLeft, after: 100) }
        #expect(ranks(desk)[2] == nil && ranks(desk).contains { $0 != nil } && desk.screen.contains("pinned"))
        desk.type("p")
        #expect(ranks(desk)[2] != nil && !desk.screen.contains("pinned"))
        desk.press(.tab)
        #expect(desk.screen.contains("MACs of") && desk.screen.contains("arrow keys turn the budget"))
        desk.press(.left)
        #expect(desk.screen.contains("MACs at most"))
        for size in [Size(width: 80, height: 24), Size(width: 200, height: 60), Size(width: 1, height: 1)] {
            _ = desk.explorer.frame(size: size)
        }
        desk.press(.escape)
        #expect(!desk.screen.contains("One budget over all layers"))
    }

    @Test("In milliseconds it has layers and ranks timed first, and says what they are of")
    func milliseconds() throws {
        var desk = Self.desk()
        desk.press([.tab, .tab, .tab])
        let orders = desk.effects.compactMap { if case .start(let start) = $0 { start.request as? LatencyOrder } else { nil } }
        let order = try #require(orders.last)
        #expect(order.table.device.batch == 1 && !order.also.isEmpty)
        let device = LatencyDevice(name: "a processor", instructionSet: "AVX2", threads: 2, batch: 1, kernels: "oneDNN 1")
        var table = LatencyTable(device)
        func send(isOver: Bool) {
            let report = LatencyReport(table: table, done: isOver ? 9 : 0, total: 9, missed: 0, isOver: isOver)
            desk.send(.engine(.task(TaskID(.latency), isOver ? .ended(report) : .report(report))))
        }
        send(isOver: false)
        #expect(desk.screen.contains("layers and ranks are being timed"))
        desk.press(.left)
        #expect(desk.explorer.message?.text.contains("being timed") == true && ranks(desk) == [nil, nil, nil, nil])
        for timed in order.also { table.set(0.01 + 1e-4 * Double(timed.work.multiplyAdds), of: timed.work) }
        send(isOver: true)
        #expect(desk.screen.contains("ms of") && desk.screen.contains("float32 on a processor, AVX2, 2 threads, batch 1"))
        for _ in 0..<6 { desk.press(.shiftLeft, after: 100) }
        #expect(desk.screen.contains("ms at most 70%") && ranks(desk).contains { $0 != nil })
        Golden.check(desk.explorer.frame(size: Size(width: 100, height: 30)), "budget-ms-100x30")
    }

    @Test("The frame")
    func frame() {
        var desk = Self.desk()
        for _ in 0..<9 { desk.press(.shiftLeft, after: 100) }
        Golden.check(desk.explorer.frame(size: Size(width: 100, height: 30)), "budget-100x30")
    }
}
