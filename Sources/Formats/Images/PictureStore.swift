import Foundation
import Networks
import Synchronization
import Tensors

/// The pictures of a data set as inputs of a network: decoded when they are wanted, and ahead of that by a thread of its own, kept within a budget.
final class PictureStore: ExampleSource {
    private struct State {
        var decoded: [Int: Tensor] = [:]
        /// Pictures that may still be kept.
        var room: Int
        var isRunning = false
    }

    private let paths: [String]
    private let fitting: PictureFitting
    private let state: Mutex<State>

    /// Added to the nice value of the thread that decodes ahead.
    private static let niceness: Int32 = 10

    init(paths: [String], fitting: PictureFitting, budget: Int) {
        (self.paths, self.fitting) = (paths, fitting)
        let size = max(1, fitting.channels * fitting.height * fitting.width)
        state = Mutex(State(room: budget / size))
    }

    var count: Int { paths.count }

    func pixels(of example: Int) throws(ExampleFailure) -> Tensor {
        if let known = state.withLock({ $0.decoded[example] }) { return known }
        let tensor = try decoded(example)
        keep(tensor, example)
        return tensor
    }

    /// Decodes in this order in the background until the budget is used up. The first call counts.
    func expect(_ order: [Int]) {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { return }
        let thread = Thread { [weak self] in
            // On Linux this is the thread's own; lowering it can't fail in a way that matters.
            let process = __priority_which_t(PRIO_PROCESS.rawValue)
            _ = setpriority(process, 0, getpriority(process, 0) + Self.niceness)
            for example in order { guard self?.decodeAhead(example) == true else { return } }
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// False where it makes no sense to go on: no room, or a damaged file, which whoever asks for it is going to be told of.
    private func decodeAhead(_ example: Int) -> Bool {
        let (isKnown, hasRoom) = state.withLock { ($0.decoded[example] != nil, $0.room > 0) }
        if isKnown { return true }
        guard hasRoom, let tensor = try? decoded(example) else { return false }
        keep(tensor, example)
        return true
    }

    private func keep(_ tensor: Tensor, _ example: Int) {
        state.withLock { state in
            guard state.room > 0, state.decoded[example] == nil else { return }
            state.decoded[example] = tensor
            state.room -= 1
        }
    }

    private func decoded(_ example: Int) throws(ExampleFailure) -> Tensor {
        let picture: Picture
        do throws(FormatError) { picture = try PictureReader.read(paths[example]) } catch { throw ExampleFailure(error.message) }
        guard let tensor = fitting.apply(picture) else {
            let refusal = FormatError(
                .limit, file: paths[example], reading: "picture", expected: "a size that can be resized",
                actual: "\(picture.height)×\(picture.width)")
            throw ExampleFailure(refusal.message)
        }
        return tensor
    }
}
