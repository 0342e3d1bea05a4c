import Tensors

extension ShapeInference {
    /// Pre-activations [steps · N, directions · gates · hidden] to the states of N examples.
    func recurrence(_ recurrence: Recurrence) throws(ShapeError) -> Shape {
        let (gates, weights) = (try input(0), try input(1))
        let (steps, hidden) = (recurrence.steps, recurrence.hidden)
        guard (1...Self.limit).contains(steps), (1...Self.limit / 8).contains(hidden) else {
            throw error("a step and a state from 1 on", "\(steps) steps, \(hidden) values")
        }
        let width = recurrence.directions * recurrence.gates * hidden
        guard gates.rank == 2, gates[1] == width, gates[0] % steps == 0 else { throw error("[\(steps) · N, \(width)]", "[\(gates)]") }
        guard weights == [width, hidden] else { throw error("state weights [\(width), \(hidden)]", "[\(weights)]") }
        let examples = gates[0] / steps
        if let place = recurrence.biasPlace, try input(place) != [recurrence.directions, 2 * recurrence.gates * hidden] {
            throw error("a bias [\(recurrence.directions), \(2 * recurrence.gates * hidden)]", "[\(try input(place))]")
        }
        let state: Shape = [recurrence.directions, examples, hidden]
        for place in [recurrence.firstHiddenPlace, recurrence.firstCellsPlace].compactMap({ $0 }) where try input(place) != state {
            throw error("a first state [\(state)]", "[\(try input(place))]")
        }
        if let place = recurrence.peepholePlace, try input(place) != [recurrence.directions, 3 * hidden] {
            throw error("peepholes [\(recurrence.directions), \(3 * hidden)]", "[\(try input(place))]")
        }
        guard recurrence.form.map({ $0.functions.count == recurrence.directions * RecurrentForm.usual(recurrence.cell).count }) ?? true
        else {
            throw error("functions for each direction", "\(recurrence.form?.functions.count ?? 0)")
        }
        guard recurrence.lengths.count <= 1 || recurrence.lengths.count == examples else {
            throw error("a length for each of \(examples) examples", "\(recurrence.lengths.count)")
        }
        return recurrence.shape(examples: examples)
    }

    func recurrencePart(_ part: RecurrencePart) throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank == 4, part.steps >= 0, part.slices.upperBound <= shape[0] else {
            throw error("[\(part.slices.upperBound) or more, directions, N, hidden]", "[\(shape)]")
        }
        let state = Array(shape.dimensions.dropFirst())
        return Shape(part.result == .sequence ? [part.steps] + state : state)
    }
}
