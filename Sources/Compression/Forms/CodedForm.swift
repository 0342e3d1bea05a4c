import Networks
import Tensors

/// How a representation is found, trained, kept and recognized: a row of the table of representations.
protocol CodedForm: WeightForm {
    /// What replaces the survivors of a layer.
    func coder(_ search: CodeSearch) -> any SurvivorCoder
    /// The outcome by searches in the sorted survivors alone; nil where every weight's place is needed, and when cancelled.
    func estimate(_ survivors: Survivors, isCancelled: () -> Bool) -> CodedValues?
    /// How the weights of a layer are trained under it.
    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation
    /// The same as it was kept; nil where it keeps nothing besides the float weights.
    func restored(_ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions) throws(BufferError) -> (
        any TrainedRepresentation
    )?
    /// The same from a state of this plan, with its codes instead of new ones; nil where it has none.
    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)?
    /// Centroids of an older state from which a few steps give a first answer while a knob is turned; nil where that gains nothing.
    func warmStart(from summary: LayerSummary) -> [Double]?
    /// Whether the distance of its codes from the optimum is worth a search of its own.
    var seeksDistance: Bool { get }
    /// That distance; nil when cancelled, and where it is not known.
    func distance(of summary: LayerSummary, _ survivors: Survivors, isCancelled: () -> Bool) -> OptimumDistance?
    /// What should not be overlooked of it in a layer of a shape, whatever the weights are.
    func remarks(on weights: WeightGeometry) -> [LayerRemark]
    /// What floats that it once made are held as; the first that gives each of them back is taken.
    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading]
}

/// How much is searched for the codes of a layer.
struct CodeSearch {
    /// Centroids to begin Lloyd's algorithm with.
    var warmStart: [Double]?
    /// Whether the distance of shared weights from the optimum is measured too.
    var findsOptimum = false
}

extension CodedForm {
    func estimate(_ survivors: Survivors, isCancelled: () -> Bool) -> CodedValues? { nil }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? { nil }

    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)? { nil }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [.codebook] }

    func warmStart(from summary: LayerSummary) -> [Double]? { nil }

    func remarks(on weights: WeightGeometry) -> [LayerRemark] { [] }

    var seeksDistance: Bool { false }

    func distance(of summary: LayerSummary, _ survivors: Survivors, isCancelled: () -> Bool) -> OptimumDistance? { nil }
}
