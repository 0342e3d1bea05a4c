import Compression
import Engine
import Exports
import Reports
import Sessions

/// What the event loop has to do for the explorer, in the order given.
public enum Effect: Hashable, Sendable {
    /// Compute this plan; results carry its generation.
    ///
    /// `base` names the trained state that the plan starts from, ``Explorer/state(_:)`` has it; nil is the network as opened.
    case plan(CompressionPlan, generation: UInt64, base: String?)
    /// Train; the engine's events of training answer.
    case train(RetrainingRequest)
    /// Read a schedule by its path or its shipped name; answer with ``SessionEvent/scheduleRead(_:name:)`` or a message.
    case readSchedule(String)
    /// Go on with the interrupted training of this name from its checkpoint.
    case resumeTraining(String)
    /// Train the cells of a grid that are missing; the engine's events of grids answer.
    case trainGrid(TrainingGrid)
    case stopGrid
    /// Look at what this layer hands on, until another one is named; nil ends it.
    case observe(weight: String?)
    /// Tell the training that runs.
    case training(TrainingWish)
    /// Write a state to the session, ``Explorer/state(_:)`` has it: after each epoch, and before a change of the history that names it.
    case saveState(String)
    /// Read a kept state; answer with ``SessionEvent/stateLoaded(_:)`` or ``SessionEvent/stateMissing(id:reason:)``.
    case loadState(String)
    /// Measure mean and variance of the normalizations anew under this plan; answer with ``SessionEvent/stateMade(_:label:)``.
    case reestimate(CompressionPlan, base: String?)
    /// Correct the biases for what the plan does to the layers' means; answer with ``SessionEvent/stateMade(_:label:)``.
    case correctBiases(CompressionPlan, base: String?)
    /// Compute this layer first: its weight parameter's name.
    case focus(weight: String)
    /// Write a change to the session; confirm with ``SessionEvent/written(sequence:)``.
    case record(HistoryChange, plan: CompressionPlan, sequence: UInt64)
    /// Keep the plan with its measured numbers; answer with ``SessionEvent/snapshotSaved(_:)``.
    case saveSnapshot(name: String, note: String, plan: CompressionPlan, generation: UInt64, base: String?)
    /// Answer with ``SessionEvent/sessions(_:)``.
    case listSessions
    /// Open another session, of one of its snapshots if named; answer with a new ``Explorer`` or a message.
    case openSession(path: String, snapshot: String?)
    case newSession(name: String)
    /// Write the plan as YAML; answer with `exists` where the file is there and `overwrite` is false.
    case exportPlan(CompressionPlan, path: String, overwrite: Bool)
    /// Write the network as its layers are now made, off the main thread; answer with a message, or `exists`.
    case exportNetwork(ExportFormat, path: String, overwrite: Bool)
    /// Answer with ``SessionEvent/planImported(_:path:)``.
    case importPlan(path: String)
    /// Write the frame as SVG.
    case picture(path: String, overwrite: Bool)
    case theme(String)
    case mouse(Bool)
    /// Put text on the clipboard (OSC 52).
    case copy(String)
    /// Stop the program until it is brought back (^Z).
    case suspend
    /// Paint every cell again (^L).
    case redraw
    /// End, unless something can't be written to the session: then answer with ``SessionEvent/unsaved(_:)``.
    case quit
    /// End, whatever was not written.
    case leave
}
