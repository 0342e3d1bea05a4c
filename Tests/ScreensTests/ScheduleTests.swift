import Compression
import Engine
import Screens
import Sessions
import Testing

@Suite("Schedules on the screen")
struct ScheduleTests {
    private func schedule() -> CompressionSchedule {
        let prune = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(pruning: .level(0.5)))])
        let share = CompressionPlan(layers: [
            .init(pattern: "*", plan: LayerPlan(pruning: .level(0.5), weights: .shared(WeightSharing(bits: 4))))
        ])
        let recipe = TrainingRecipe(epochs: 5)
        return CompressionSchedule(stages: [
            .init(name: "prune", plan: prune, recipe: recipe, handsOnCompressed: true), .init(name: "share", plan: share, recipe: recipe),
        ])
    }

    private func end(_ desk: inout Desk, _ id: String) {
        desk.send(.engine(.trained(desk.trained(id, epochs: 5), desk.progress(.finished, finished: 5))))
    }

    /// A desk whose session's training was cut off in the first stage, after `R`.
    private func resumed() -> Desk {
        let fresh = Desk()
        var opening = Samples.opening()
        let schedule = schedule()
        opening.interrupted = InterruptedTraining(
            id: "t", recipe: TrainingRecipe(epochs: 5), plan: schedule.stages[0].plan, progress: fresh.progress(finished: 2), base: nil,
            schedule: SchedulePlace(name: "mine", schedule: schedule, index: 0))
        var desk = Desk(opening)
        desk.type("R")
        return desk
    }

    @Test("Each stage begins when the one before is measured, starts from its state and leaves a snapshot")
    func stages() throws {
        var desk = Desk()
        desk.send(.session(.scheduleRead(schedule(), name: "mine")))
        #expect(desk.requests.map(\.name) == ["1/2 prune"])
        desk.finish(5)
        end(&desk, "a")
        #expect(desk.requests.map(\.name) == ["1/2 prune", "2/2 share"])
        #expect(desk.requests.last?.base?.id == "a" && desk.requests.last?.startsCompressed == true)
        end(&desk, "b")
        #expect(desk.requests.count == 2 && desk.explorer.schedule == nil && desk.explorer.base?.id == "b")
        #expect(desk.kept.map(\.name) == ["1/2 prune", "2/2 share"])
    }

    @Test("A stage that thins says so to the engine; what it leaves is the base of the next, and undo goes back to the larger network")
    func thins() throws {
        var read = schedule()
        (read.stages[0].thins, read.stages[0].handsOnCompressed) = (true, false)
        var desk = Desk()
        desk.send(.session(.scheduleRead(read, name: "mine")))
        #expect(desk.requests.map(\.thins) == [true])
        desk.finish(5)
        let smaller = try FilterRemoval(weight: "conv2.weight", count: 2).state(from: nil, of: Samples.network)
        desk.send(.engine(.trained(smaller, desk.progress(.finished, finished: 5))))
        #expect(desk.requests.map(\.thins) == [true, false] && desk.requests.last?.base == smaller)
        #expect(desk.explorer.layers[1].shape == [6, 4, 3, 3])
        end(&desk, "b")
        desk.type("uu")
        #expect(desk.explorer.base == smaller)
        desk.type("u")
        #expect(desk.explorer.layers[1].shape == [8, 4, 3, 3])
    }

    @Test("A stage that was cut off goes on, and the stages behind it follow")
    func resumes() throws {
        var desk = resumed()
        #expect(desk.effects.contains(.resumeTraining("t", base: nil)) && desk.requests.isEmpty)
        #expect(desk.explorer.message?.text == "training goes on after epoch 2 of 5 of stage 1/2 prune")
        end(&desk, "a")
        #expect(desk.requests.map(\.name) == ["2/2 share"] && desk.requests.last?.base?.id == "a")
    }

    @Test("Throwing away what went on takes back only the epochs since then, and there is nothing left to go on with")
    func abandonsResumed() throws {
        var desk = resumed()
        desk.type("B")
        #expect(desk.explorer.stack.top(as: QuestionView.self)?.question == "Throw the training away?")
        desk.type("y")
        desk.send(.engine(.trained(nil, desk.progress(.stopped, finished: 3))))
        #expect(desk.explorer.interrupted == nil && !desk.explorer.isTraining)
        #expect(desk.explorer.message?.text.hasSuffix("the weights are those of epoch 2, after which it went on") == true)
    }

    @Test("A resumed stage whose checkpoint is gone takes its schedule with it")
    func resumeFails() throws {
        var desk = resumed()
        desk.send(.session(.resumeFailed("gone")))
        #expect(desk.explorer.schedule == nil && !desk.explorer.isTraining && desk.explorer.message?.text == "gone")
    }
}
