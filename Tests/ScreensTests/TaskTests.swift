import Compression
import Engine
import Foundation
import Reports
import Screens
import Sessions
import Testing

/// Background tasks on the screen.
@Suite("Background tasks")
struct TaskTests {
    private struct Count: TaskReport {
        var done: Int
        var taskProgress: TaskProgress? { TaskProgress("counting", unit: "step", done: done, of: 9) }
    }

    private let id = TaskID(TaskKind(rawValue: "count"), "a")

    private func grid(base: String? = nil) -> TrainingGrid {
        TrainingGrid(
            plan: CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 4))))]),
            recipe: TrainingRecipe(epochs: 2), base: base, temperatures: [1, 4], bits: [2])
    }

    /// A desk whose session has this grid, cut off.
    private func desk(cutOff grid: TrainingGrid) throws -> Desk {
        struct Kept: Encodable {
            var id: TaskID
            var isOpen = true
            var state: String
        }
        let state = String(decoding: try JSONEncoder().encode(grid), as: UTF8.self)
        var opening = Samples.opening()
        opening.tasks = [try JSONDecoder().decode(KeptTask.self, from: try JSONEncoder().encode(Kept(id: grid.task, state: state)))]
        return Desk(opening)
    }

    @Test("The status line says how far any kind of task is, a command ends it, and a failure is said")
    func line() {
        var desk = Desk()
        desk.send(.engine(.task(id, .report(Count(done: 3)))))
        desk.press(.down)
        #expect(desk.screen.contains("counting: 3 of 9 steps"))
        desk.send(.engine(.task(id, .report(Count(done: 4)))))
        #expect(desk.screen.contains("counting: 4 of 9 steps"))
        desk.press(.control("p"))
        desk.type("end-task")
        desk.press(.enter)
        #expect(desk.effects.last == .tell(id, .stop))
        desk.send(.engine(.task(id, .ended(TaskEnd("nothing can be counted")))))
        #expect(desk.screen.contains("nothing can be counted"))
        desk.press(.down)
        #expect(!desk.screen.contains("counting"))
    }

    @Test("R goes on with a grid that was cut off, once; the training's R goes first")
    func resume() throws {
        var desk = try desk(cutOff: grid())
        desk.press(.character("R"))
        #expect(desk.effects.last == .start(TaskStart(GridOrder(grid()))))
        let count = desk.effects.count
        desk.press(.character("R"))
        #expect(desk.effects.count == count && desk.screen.contains("no training was cut off"))
    }

    @Test("A grid that began from another state stays cut off, which is said")
    func otherState() throws {
        var desk = try desk(cutOff: grid(base: "elsewhere"))
        let count = desk.effects.count
        for _ in 1...2 { desk.press(.character("R")) }
        #expect(desk.effects.count == count && desk.screen.contains("the grid began from another state"))
    }
}
