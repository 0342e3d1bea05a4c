import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Testing

@Suite("Removing filters on the screen")
struct FilterTests {
    private func order(_ desk: Desk) -> FilterRemovalOrder? {
        guard case .start(let task)? = desk.effects.last else { return nil }
        return task.request as? FilterRemovalOrder
    }

    private func run(_ command: String, _ desk: inout Desk) {
        desk.type(":" + command)
        desk.press(.enter)
    }

    /// Asks, and has the lane answer.
    private func remove(_ text: String, _ desk: inout Desk) throws -> TrainedState {
        run("remove-filters", &desk)
        desk.type(text)
        desk.press(.enter)
        let order = try #require(self.order(desk))
        let state = try order.removal.state(from: order.base, of: Samples.network)
        desk.send(.engine(.derived(state, label: order.label)))
        return state
    }

    private func selectLayer(_ name: String, _ desk: inout Desk) {
        desk.press(.home)
        while desk.layer?.name != name { desk.press(.down) }
    }

    /// The size of the original as the comparison says it.
    private func originalBytes(_ desk: Desk) throws -> Substring {
        var desk = desk
        run("compare-snapshots", &desk)
        let totals = try #require(desk.screen.split(separator: "\n").first { $0.contains("bytes ") && $0.contains("zeros ") })
        let behind = try #require(totals.range(of: "bytes ")).upperBound
        return totals[behind...].prefix { $0 != " " }
    }

    @Test("A share is asked for and shown as filters; the network gets smaller, the plan stays; undo and redo")
    func removes() throws {
        var desk = Desk()
        selectLayer("conv2", &desk)
        desk.press([.right, .right])
        let (before, size) = (desk.explorer.resolvedPlan, try originalBytes(desk))
        run("remove-filters", &desk)
        #expect(desk.screen.contains("remove from conv2 (1…7 filters, or a share such as 25%)"))
        desk.type("25%")
        #expect(desk.screen.contains("remove from conv2 (2 of 8 filters go)"))
        desk.press(.escape)
        let state = try remove("25%", &desk)
        #expect(order(desk) == nil && desk.effects.contains(.saveState(state, nil)))
        #expect(desk.explorer.base == state && desk.explorer.resolvedPlan == before && desk.layer?.name == "conv2")
        #expect(desk.explorer.layers.map(\.shape) == [[4, 1, 3, 3], [6, 4, 3, 3], [32, 54], [10, 32]])
        #expect(desk.explorer.history.changes.last?.label == "conv2: 2 of 8 filters removed" && desk.screen.contains("6×4×3×3"))
        #expect(try originalBytes(desk) == size)
        for size in [Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60)] {
            #expect(!desk.explorer.frame(size: size).text.isEmpty)
        }
        selectLayer("fc1", &desk)
        let units = try remove("8", &desk)
        #expect(desk.explorer.base == units)
        desk.type("uu")
        #expect(desk.explorer.base == nil && desk.explorer.resolvedPlan == before && desk.explorer.layers == Samples.network.layers)
        desk.press([.control("r"), .control("r")])
        #expect(desk.explorer.base == units && desk.explorer.resolvedPlan == before)
        desk.type("esmall.onnx")
        desk.press(.enter)
        #expect(desk.written.map { $0.format == .onnx } == true)
    }

    @Test("q asks while filters are removed, or a layer is replaced, and no longer once that is done; ^C asks nothing")
    func quits() throws {
        for (command, text, name) in [
            ("remove-filters", "25%", "the removal of filters"), ("replace-layer", "separable 2", "conv2: separable 2"),
        ] {
            var desk = Desk()
            selectLayer("conv2", &desk)
            run(command, &desk)
            desk.type(text)
            desk.press(.enter)
            guard case .start(let task)? = desk.effects.last else { throw CancellationError() }
            let id = task.request.task.id
            desk.type("q")
            #expect(desk.screen.contains("Still at work: \(name). Quit without it?") && !desk.effects.contains(.quit))
            desk.type("n")
            #expect(!desk.effects.contains(.quit))
            for keys in [[Key.character("q"), .character("y")], [.character("q"), .character("q")], [.control("c")]] {
                var desk = desk
                desk.press(keys)
                #expect(desk.effects.last == .quit)
            }
            desk.send(.engine(.task(id, .ended(TaskEnd("nothing goes")))))
            desk.type("q")
            #expect(desk.effects.last == .quit)
        }
    }

    @Test("A criterion and what is rounded to are typed behind the number; what goes together is a box of its own")
    func criteria() throws {
        var desk = Desk()
        selectLayer("fc1", &desk)
        run("remove-filters", &desk)
        desk.type("30%")
        #expect(desk.screen.contains("8 of 32 units go; 24 stay, a multiple of 8"))
        desk.type(" /1 fpgm")
        #expect(desk.screen.contains("10 of 32 units go by distance to the others"))
        desk.press(.enter)
        let removal = try #require(order(desk)?.removal)
        #expect(removal.amount == .count(10) && removal.criterion == .fpgm)
        desk.press(.escape)
        run("show-channel-group", &desk)
        let lines = ["Channels of fc1", "32 channels  can go", "fc1.weight  makes them", "fc2.weight  reads them"]
        for line in lines { #expect(desk.screen.contains(line), "\(line)") }
        desk.press(.escape)
        selectLayer("fc2", &desk)
        run("show-channel-group", &desk)
        #expect(desk.screen.contains("frozen: they leave the network as 'logits'"))
    }

    @Test("What is no number of filters is refused with what is allowed", arguments: ["0", "8", "100%", "1%", "x", "2.5", "-1"])
    func typing(text: String) {
        var desk = Desk()
        selectLayer("conv2", &desk)
        run("remove-filters", &desk)
        let effects = desk.effects
        desk.type(text)
        desk.press(.enter)
        #expect(desk.effects == effects && desk.explorer.stack.top(as: PromptView.self)?.prompt.refusal != nil)
    }

    @Test("What holds the filters is said by the command; so is a layer of one, and a training")
    func refusals() throws {
        var desk = Desk()
        selectLayer("fc2", &desk)
        run("remove-filters", &desk)
        #expect(desk.explorer.message?.text == "the units of fc2 stay: they leave the network as 'logits'")
        selectLayer("conv1", &desk)
        _ = try remove("3", &desk)
        run("remove-filters", &desk)
        #expect(desk.explorer.message?.text == "the filters of conv1 stay: there is one only")
        desk.send(.engine(.task(TaskID(.filterRemoval, "fewer"), .ended(TaskEnd("fewer: not done")))))
        #expect(desk.explorer.message?.text == "fewer: not done" && desk.explorer.message?.kind == .error)
    }

    @Test("The map shows each channel's importance and crosses what would go; keys change criterion, ranking and share")
    func map() throws {
        var desk = Desk()
        selectLayer("fc1", &desk)
        run("show-channel-group", &desk)
        #expect(desk.screen.contains("importance by L1 norm, ranked within each layer, 25% would go"))
        for (key, line) in [("", "L1 norm"), ("c", "L2 norm"), ("r", "ranked over all layers")] {
            desk.type(key)
            guard case .start(let task)? = desk.effects.last, let order = task.request as? FilterMapOrder else {
                Issue.record("nothing was asked for")
                return
            }
            #expect(desk.screen.contains("being measured") && desk.screen.contains(line))
            var importance = try order.removal.importance(in: Samples.network)
            while importance.step() {}
            let cut = try order.removal.cut(Samples.network, by: importance.result)
            let map = FilterMap(order.removal, base: nil, scores: importance.result, cut: cut)
            desk.send(.engine(.task(TaskID(.filterMap), .ended(map))))
            let gone = try #require(cut.shares.first { $0.layer.name == "fc1" })
            #expect(desk.screen.contains("x goes: \(gone.gone) of 32 channels"))
            let crosses = desk.screen.split(separator: "\n").map { $0.filter { $0 == "x" }.count }
            #expect(crosses.contains(gone.gone) || gone.gone == 0)
        }
        desk.press(.right)
        #expect(desk.screen.contains("30% would go"))
        desk.send(.engine(.task(TaskID(.filterMap), .ended(TaskEnd()))))
    }
}
