import Compression
import Frames
import Screens
import Testing

@Suite("Retraining panel")
struct TrainingPanelTests {
    private func form(_ desk: Desk) throws -> TrainingForm { try #require(desk.explorer.stack.newest(RetrainView.self)).form }

    /// The panel with this setting selected.
    private func desk(at setting: TrainingSetting, pruned: Bool = true) throws -> Desk {
        var desk = Desk(isEngineOn: false)
        if pruned { desk.press(.shiftRight) }
        desk.type("r")
        while try form(desk).selected != setting { desk.press(.down) }
        return desk
    }

    @Test("Enter starts at once: five epochs of SGD, the original teaches where something was pruned")
    func startsWithDefaults() throws {
        var desk = Desk(isEngineOn: false)
        desk.press(.shiftRight)
        desk.type("r")
        desk.press(.enter)
        let request = try #require(desk.requests.first)
        #expect(request.recipe == TrainingRecipe(teachers: [.original]))
        #expect(request.plan == desk.explorer.plan && request.generation == desk.explorer.generation && request.base == nil)
        #expect(desk.explorer.isTraining && desk.explorer.stack.isEmpty)
    }

    @Test("up from the first setting leads to the last, down from there to the first")
    func wraps() throws {
        var desk = try desk(at: .epochs)
        desk.press(.up)
        #expect(try form(desk).selected == form(desk).rows.last)
        desk.press(.down)
        #expect(try form(desk).selected == .epochs)
    }

    @Test("a plan that prunes and shares at once is told the order that ends higher, and what fixed means stands at the setting")
    func suggestsTheOrder() throws {
        var desk = Desk()
        desk.press(.shiftRight)
        desk.type("b")
        desk.press(.left)
        desk.type("r")
        #expect(desk.explorer.message?.text.contains("prune, retrain, and share") == true)
        while try form(desk).selected != .assignment { desk.press(.down) }
        #expect(desk.screen.contains("Each weight keeps its centroid"))
        var plain = try self.desk(at: .epochs)
        #expect(plain.explorer.message?.text.contains("prune, retrain") != true)
        plain.press(.escape)
    }

    @Test("an untouched network has no teacher, a shared one gentler steps")
    func defaultsFollowThePlan() throws {
        let plain = try desk(at: .rate, pruned: false)
        #expect(try form(plain).settings.recipe == TrainingRecipe())
        #expect(try !form(plain).rows.contains(.temperature) && !form(plain).rows.contains(.assignment))
        var shared = Desk(isEngineOn: false)
        shared.type("b")
        shared.press(.left)
        shared.type("r")
        #expect(try form(shared).settings.recipe.rate.rate == 0.005)
        #expect(try form(shared).settings.recipe.teachers == [.original])
        #expect(try form(shared).rows.contains(.assignment))
    }

    @Test(
        "every setting takes turns",
        arguments: [
            (TrainingSetting.epochs, "6", "4"), (.batch, "128", "32"), (.optimizer, "nesterov", "adamw"), (.momentum, "0.95", "0.85"),
            (.rate, "0.02", "0.005"), (.course, "one-cycle", "exponential"), (.warmUp, "0.5", "none"), (.decay, "0.00001", "none"),
            (.clip, "0.1", "none"), (.seed, "2", "0"), (.shift, "1", "none"), (.flips, "yes", "yes"), (.erasing, "0.05", "none"),
            (.teacher, "none", "none"), (.temperature, "5.5", "4.5"), (.distillation, "0.95", "0.85"),
        ])
    func turns(setting: TrainingSetting, up: String, down: String) throws {
        for (keys, expected) in [([Key.right, .character("l")], up), ([.left, .character("h")], down)] {
            for key in keys {
                var desk = try desk(at: setting)
                desk.press(key)
                #expect(try setting.text(in: form(desk).settings) == expected)
            }
        }
        for key in [Key.shiftLeft, .shiftRight, .character("H"), .character("L")] {
            var desk = try desk(at: setting)
            for _ in 0..<40 { desk.press(key) }
            #expect(try form(desk).selected == setting)
        }
    }

    @Test("typed values are taken, refused ones say the range")
    func types() throws {
        var desk = try desk(at: .rate)
        desk.type("0")
        desk.type(".0003")
        desk.press(.enter)
        #expect(try form(desk).settings.recipe.rate.rate == 0.0003)
        desk.type("t70")
        desk.press(.enter)
        guard let prompt = desk.explorer.stack.top(as: PromptView.self)?.prompt else {
            Issue.record("the prompt is gone")
            return
        }
        #expect(prompt.refusal == "allowed is 0.00001…10")
        desk.press([.escape, .down])
        desk.type("tste")
        desk.press(.enter)
        #expect(try form(desk).settings.recipe.rate.course == .steps(factor: 0.1, epochs: [2, 3]))
        desk.press([.down, .down])
        desk.type("1, 4")
        desk.press(.enter)
        #expect(try form(desk).settings.recipe.rate.course == .steps(factor: 0.1, epochs: [1, 4]))
        desk.type("4 1")
        desk.press(.enter)
        #expect(desk.screen.contains("allowed is epochs from 1, rising"))
        desk.press(.escape)
        while try form(desk).selected != .teacher { desk.press(.down) }
        desk.type("t./big.onnx")
        desk.press(.enter)
        #expect(try form(desk).settings.recipe.teachers == [.file("./big.onnx")])
        desk.press([.right, .right])
        #expect(try form(desk).settings.recipe.teachers == [.original])
        desk.press([.down, .down])
        desk.type("0.5")
        desk.press(.enter)
        #expect(try form(desk).settings.lossWeights == LossWeights(distillation: 0.5, student: 0.5))
    }

    @Test("one cycle has its own warm-up; AdamW has no momentum; one without a teacher no T")
    func hidesWhatMeansNothing() throws {
        var desk = try desk(at: .course)
        desk.press(.right)
        #expect(try !form(desk).rows.contains(.warmUp))
        desk.press([.up, .up, .up, .left])
        #expect(try form(desk).selected == .optimizer && !form(desk).rows.contains(.momentum))
        desk.press([.end, .up])
        #expect(try form(desk).selected == .distillation)
    }

    @Test("what was chosen is kept for the next time, the rest follows the plan; d suggests anew, Esc leaves without a trace")
    func keepsChoices() throws {
        var desk = try desk(at: .epochs)
        desk.press(.right)
        desk.press(.escape)
        desk.type("r")
        #expect(try form(desk).settings.recipe.epochs == 5)
        desk.press([.right, .right, .enter])
        desk.send(.engine(.trained(nil, desk.progress(.stopped, finished: 0))))
        desk.type("b")
        desk.press(.left)
        desk.type("r")
        #expect(try form(desk).settings.recipe.epochs == 7)
        #expect(try form(desk).settings.recipe.rate.rate == 0.005)
        desk.type("d")
        #expect(try form(desk).settings.recipe.epochs == 5)
    }

    @Test("T and the weight of the panel become the plan's at the start")
    func startsWithTemperature() throws {
        var desk = try desk(at: .temperature)
        desk.press([.right, .right, .down, .left, .enter])
        #expect(desk.explorer.temperature == 6)
        #expect(desk.explorer.lossWeights == LossWeights(distillation: 0.85, student: 0.15))
        let request = try #require(desk.requests.last)
        #expect(request.plan.temperature == 6 && request.plan.lossWeights.distillation == 0.85)
        #expect(desk.explorer.history.changes.suffix(2).map(\.label) == ["temperature 5.0 → 6.0", "distillation weight 0.90 → 0.85"])
    }

    @Test("without data r says why not")
    func needsData() {
        var opening = Samples.opening()
        opening.dataset = nil
        var desk = Desk(opening, isEngineOn: false)
        desk.type("r")
        #expect(desk.explorer.stack.isEmpty)
        #expect(desk.explorer.message?.text.contains("nothing can be trained") == true)
    }

    @Test("a click chooses a setting, a double click types it, the wheel goes through them")
    func followsTheMouse() throws {
        var desk = try desk(at: .epochs)
        let rows = desk.screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let y = try #require(rows.firstIndex { $0.contains("learning rate") })
        let x = try #require(rows[y].range(of: "learning rate")).lowerBound.utf16Offset(in: rows[y])
        desk.mouse(.press, x, y)
        #expect(try form(desk).selected == .rate)
        desk.mouse(.wheelDown, x, y)
        #expect(try form(desk).selected == .course)
        desk.mouse(.doubleClick, x, y)
        #expect(desk.explorer.place == .prompt)
    }
}
