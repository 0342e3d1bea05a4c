extension CommandTable {
    /// Words under which people look for commands that are called otherwise.
    private static let words: [(synonyms: [String], commands: [String])] = [
        (
            ["smaller", "shrink", "compress", "reduce", "size"],
            ["choose-ratio", "choose-bits", "choose-weights", "export-plan", "show-ladder", "retrain-network"]
        ),
        (["prune", "pruning", "sparsity", "sparse", "zeros", "threshold", "cut"], ["choose-ratio", "switch-criterion"]),
        (["pattern", "n:m", "2:4", "blocks", "block", "structured sparsity"], ["choose-pattern"]),
        (["share", "sharing", "cluster", "k-means", "kmeans", "codebook", "palettize", "quantize"], ["choose-weights", "choose-bits"]),
        (["factors", "low rank", "low-rank", "rank", "svd", "singular", "decompose", "decomposition", "matrix"], ["choose-weights"]),
        (["tucker", "spatial svd", "hosvd", "jaderberg"], ["choose-weights"]),
        (
            ["sensitivity", "sensitive", "robust", "which layer", "next", "search", "curve", "amc", "auto", "best", "step"],
            ["show-next-steps", "show-curves", "do-best-step"]
        ),
        (["tolerance", "allowed", "loss", "verdict", "points", "within", "worse", "drop"], ["set-allowed-loss"]),
        (
            ["budget", "one budget", "rank allocation", "allocate", "knapsack", "rank", "ranks", "low rank", "svd", "macs", "flops"],
            ["show-budget"]
        ),
        (["thin", "slim", "structured", "channels", "units", "neurons", "heads", "fpgm", "l1", "l2"], ["remove-filters"]),
        (["taylor", "apoz", "fisher", "isomorphic", "importance"], ["remove-filters", "show-channel-group"]),
        (["squeezenet", "fire", "separable", "depthwise", "mobilenet", "1x1", "pointwise", "decouple", "compact"], ["replace-layer"]),
        (["equalise", "balance", "rescale", "outliers", "cle"], ["equalize-layers"]),
        (["int8", "precision", "float16"], ["choose-bits", "choose-weights", "choose-activations", "choose-sums"]),
        (["residual", "add", "skip", "shortcut", "concat", "elementwise", "activations"], ["choose-sums", "choose-activations"]),
        (["write", "save", "store", "file", "onnx"], ["export-plan", "save-snapshot"]),
        (["load", "open", "read"], ["import-plan", "open-sessions"]),
        (["train", "fine-tune", "finetune", "learn", "recover", "accuracy"], ["retrain-network"]),
        (["distil", "distill", "softmax", "teacher"], ["choose-temperature", "retrain-network"]),
        (["exit", "leave", "close", "bye"], ["quit"]),
        (["color", "colour", "light", "dark", "background"], ["choose-theme"]),
        (["revert", "back"], ["undo-change"]),
        (["original", "bypass", "before"], ["bypass-layer", "reset-layer", "compare-snapshots"]),
        (["difference", "diff", "versus"], ["compare-snapshots"]),
        (["clipboard", "yank"], ["copy-figures"]),
        (["screenshot", "image", "svg"], ["save-picture"]),
        (["find", "search"], ["filter-layers"]),
        (["bytes", "huffman", "entropy"], ["show-ladder"]),
        (["ms", "milliseconds", "latency", "speed", "time", "fast", "slow", "benchmark"], ["time-layers"]),
        (["int8", "integer", "integers", "vnni", "arithmetic", "simulated", "exact"], ["switch-arithmetic"]),
        (["sort", "order", "largest"], ["sort-layers"]),
        (["collapse", "tree"], ["fold-group", "fold-groups"]),
    ]

    private static let byCommand: [String: [String]] = words.reduce(into: [:]) { found, entry in
        for command in entry.commands { found[command, default: []] += entry.synonyms }
    }

    /// Other words for a command.
    static func synonyms(of command: String) -> [String] { byCommand[command] ?? [] }

    /// Every command that has other words: a test holds that there are such commands.
    package static var commandsWithSynonyms: [String] { byCommand.keys.sorted() }
}
