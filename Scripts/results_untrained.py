"""The table of networks that are made small without any training step: layers fitted to what they read, for five draws of the calibration examples."""

import json

from results_numbers import mean, points, table
from results_runs import ROOT, RUNS, last
from results_structure import pare

PLANS = ROOT / "Models" / "plans"
EXAMPLES = {"lenet-300-100": 8_192, "lenet-5": 4_096}

# By plan file: the network, what it is to be, and what the loss on test may be at most, in points.
GOALS = {
    "untrained-300-100-20": ("lenet-300-100", "at most 53,322 B (1/20)", 53_322, 0.5),
    "untrained-300-100-30": ("lenet-300-100", "at most 35,548 B (1/30)", 35_548, 0.7),
    "untrained-300-100-39": ("lenet-300-100", "at most 27,344 B (1/39)", 27_344, 1.2),
    "untrained-5-four": ("lenet-5", "4 centroids a layer", None, 1.4),
    "untrained-5-zeros": ("lenet-5", "0.9 zeros", None, 2.3),
}


def untrained(runs, seeds):
    rows, parts = [], []
    for name, (network, title, limit, most) in GOALS.items():
        found = {split: [report(runs, name, network, seed, split) for seed in seeds] for split in ("validation", "test")}
        loss = {split: [line["current"] - line["original"] for line in lines] for split, lines in found.items()}
        sizes = [line["file"] for line in found["test"]]
        met = -100 * mean(loss["test"]) <= most and (limit is None or max(sizes) <= limit)
        rows.append([
            network, title, f"{min(sizes):,}…{max(sizes):,}", f"{100 * mean([line['sparsity'] for line in found['test']]):.1f} %",
            points(loss["test"]), f"−{most}", "yes" if met else "**no**", points(loss["validation"])])
        parts.append([network, title, *[interval(line) for line in found["test"]]])
    return "\n\n".join([
        "## Without any training step",
        f"Plans `Models/plans/untrained-*.yaml`: layers with `fit: compensated`, fitted to training examples ({', '.join(f'{name} {count:,}' for name, count in EXAMPLES.items())}) "
        f"drawn by {len(seeds)} seed{'s' if len(seeds) > 1 else ''}; nothing is trained. Levels and bits were chosen by hand on validation, and the plans were in the repository before test was looked at. "
        "Difference to the original in points: mean ± standard error over the seeds (all values). Bytes are whole `.pare` files.",
        table(["network", "what", "bytes", "zeros", "test", "goal", "met", "validation (chosen on)"], rows),
        "The same seed by seed: the difference on test and its paired 95 % interval on others like these examples.",
        table(["network", "what", *[f"seed {seed}" for seed in seeds]], parts),
    ])


def interval(line):
    return f"{100 * (line['current'] - line['original']):+.2f} ({100 * line['low']:+.2f}…{100 * line['high']:+.2f})"


def report(runs, name, network, seed, split):
    """What `pare report` says of a plan, in one line."""
    title = f"{name}-{split}-{seed}"
    file = RUNS / f"{title}.report"

    def ready():
        words = ["report", network, "--plan", str(PLANS / f"{name}.yaml"), "--split", split, "--calibration-examples", str(EXAMPLES[network]),
                 "--calibration-seed", str(seed), "--json"]
        said = json.loads(pare(*words))
        accuracy, verdict = said["accuracy"], said["verdict"]
        line = {key: accuracy[key] for key in ("current", "original", "gains", "losses", "evaluated")}
        line |= {"low": verdict["low"], "high": verdict["high"]}
        line |= {"event": "result", "file": said["bytes"]["file"], "sparsity": said["sparsity"], "layers": [layer(one) for one in said["layers"]]}
        RUNS.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(line) + "\n")

    return last(runs.lines(title, ["cat", str(file)], needs=[ready]))


def layer(said):
    return {"name": said["name"], "kept": said["kept"], "file": said["bytes"]["file"], "fit": said["fit"]}
