import Foundation
import GRDB
import Reports
import Sessions
import Testing

/// Background tasks as sessions keep them.
@Suite("Tasks of a session")
struct TaskTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder
    private let id = TaskID(TaskKind(rawValue: "count"), "a/b")

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private func progress(_ done: Int) -> TaskProgress { TaskProgress("counting", unit: "step", done: done, of: 9) }

    @Test("What was kept last is there after a kill, open; what has ended is not; what was dropped is gone")
    func kept() throws {
        let made = try SessionSample.create("a", in: sessions)
        for done in 1...3 { made.writer.keep(id, ["done": done], progress: progress(done), isOpen: true) }
        made.writer.drain()
        // As a kill leaves it: the file and its log.
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: made.path + suffix, toPath: folder.path + "/killed.sqlite" + suffix)
        }
        let killed = try OpenSession.open("killed", in: sessions)
        let task = try #require(killed.contents.tasks.first)
        #expect(killed.contents.tasks.count == 1 && task.id == id && task.isOpen && task.progress == progress(3))
        #expect(task.state(as: [String: Int].self) == ["done": 3] && task.state(as: [Int].self) == nil)
        #expect(task.sentence == "counting: 3 of 9 steps done when the program ended")
        killed.writer.keep(id, ["done": 9], progress: progress(9), isOpen: false)
        killed.writer.close()
        let ended = try OpenSession.open("killed", in: sessions)
        #expect(ended.contents.tasks.map(\.isOpen) == [false])
        ended.writer.drop(id)
        ended.writer.close()
        #expect(try SessionFolder.read(path: ended.path).tasks.isEmpty)
        made.writer.close()
    }

    @Test("Of ended tasks of a kind the newest 16 stay; open ones and other kinds are not counted")
    func limit() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.keep(id, 0, isOpen: true)
        made.writer.keep(TaskID(TaskKind(rawValue: "other")), 0, isOpen: false)
        for number in 0..<20 { made.writer.keep(TaskID(id.kind, "\(number)"), number, isOpen: false) }
        made.writer.close()
        let names = try SessionFolder.read(path: made.path).tasks.map(\.id.name)
        #expect(names == ["a/b", ""] + (4..<20).map(String.init))
    }

    @Test("Grids of sessions of before are read; a newer one of the same training takes the place of an old one")
    func grids() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.close()
        func grid(_ ratio: Double, cells: Int) -> TrainingGrid {
            var grid = TrainingGrid(plan: SessionSample.plan(ratio), recipe: .init(epochs: 1))
            for bits in [2, 3].prefix(cells) {
                grid.add(.init(bits: bits, temperature: 1, accuracy: 0.5, crossEntropy: .infinity, divergence: nil, epoch: 1, seconds: 1))
            }
            return grid
        }
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        let text = String(decoding: try encoder.encode([grid(0, cells: 1), grid(1, cells: 1)]), as: UTF8.self)
        try SessionSample.edit(made.path, "INSERT INTO item VALUES ('grids', '\(text)')")
        #expect(try SessionFolder.read(path: made.path).grids == [grid(0, cells: 1), grid(1, cells: 1)])
        let opened = try OpenSession.open("a", in: sessions)
        let newer = grid(0, cells: 2)
        opened.writer.keep(newer.task, newer, isOpen: true)
        opened.writer.close()
        let contents = try SessionFolder.read(path: made.path)
        #expect(contents.grids == [grid(1, cells: 1), newer] && contents.tasks.map(\.id) == [newer.task])
        #expect(grid(1, cells: 0).task != newer.task && grid(0, cells: 0).task == newer.task)
    }
}
