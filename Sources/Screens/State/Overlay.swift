/// What stands before the main screen; overlays are stacked, and Esc takes the top one away.
public enum Overlay: Hashable, Sendable {
    case prompt(TextPrompt)
    case palette(SearchList)
    case help(SearchList)
    case messages(scroll: Int)
    case sessions(SessionsBrowser)
    case compare(Comparison)
    /// The mask of the selected layer; the first row and column shown.
    case maskMap(row: Int, column: Int)
    /// The bytes of the selected layer by every way of writing.
    case ladder
    /// The theme under the selection is shown at once; `previous` comes back with Esc.
    case themes(selection: Int, previous: String)
    /// How the network is to be trained, before Enter starts it; while it runs, how it is trained.
    case retrain(TrainingForm)
    /// The grid temperature × bits; the first row shown.
    case grid(scroll: Int)
    /// A question before something is overwritten, thrown away or left: `effect` runs on yes.
    case confirmation(question: String, effect: Effect)
}
