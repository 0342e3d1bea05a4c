"""The table on one budget over the ranks of all layers, beside the same share of its largest rank for every layer, without training."""

from results_cut import ORIGINAL
from results_numbers import percent, points, table
from results_runs import last, network, test

SHARES = [60, 45, 30]
UNIT = "macs"
# A way, and the options of `pare budget` that make it; the last layer has 10 outputs, and no share of its rank does it any good.
WAYS = {
    "one budget, outputs": "", "one budget, weights": "--weighting plain",
    "uniform but the last layer, outputs": "--uniform --pin LAST", "uniform but the last layer, weights": "--uniform --pin LAST --weighting plain",
    "uniform, outputs": "--uniform", "uniform, weights": "--uniform --weighting plain",
}
LAST = {"lenet-5": "fc2", "resnet-20": "fc"}
# Short trainings, for what is compared is the same network in several ways: the options of `pare train`.
NETWORKS = {
    "lenet-5": "--epochs 4 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip",
    "resnet-20": ORIGINAL,
}
# Files of the networks without their seeds; those of resnet-20 are of the other table.
FILES = {"lenet-5": "ranked-lenet-5", "resnet-20": "cut-resnet-20"}


def ranks(name):
    recipe = NETWORKS[name]

    def made(runs, seeds):
        rows, dense = [], [test(last(trained(runs, name, seed))) for seed in seeds]
        for share in SHARES:
            found = {way: [measured(runs, name, seed, share, way) for seed in seeds] for way in WAYS}
            for way, lines in found.items():
                other = way.replace("one budget", "uniform but the last layer")
                gain = "" if way == other or other not in found else points([a["accuracy"] - b["accuracy"] for a, b in zip(lines, found[other])])
                cost = percent([line["cost"] / line["dense"] for line in lines])
                rows.append([f"{share} %", way, f"{cost} %", percent([line["accuracy"] for line in lines]), gain])
        return "\n\n".join([
            f"## One budget over the ranks of {name}",
            "Every layer that can be factored gets a rank, for at most so many multiply-adds, without any training and without new statistics of normalizations; accuracy on test. "
            "One budget is `pare budget`; uniform is the same share of its largest rank for every layer, or for all but the last one, the highest within the budget. Factors are nearest to the outputs on 256 "
            "training examples, or to the weights. Each seed has a network of its own, shortly trained; gains are in points against uniform ranks but in the last layer with the same factors, mean ± "
            "standard error (all seeds). Ranks step by a sixteenth of the largest, by 16 at most; the cost says what was spent.",
            f"`pare train --architecture {name} {recipe}`, {percent(dense)} without ranks, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}:",
            table(["budget", "ranks, factors", "cost", "test accuracy", "gain"], rows)])

    return made


def trained(runs, name, seed, needed=False):
    """The network of that seed; `needed` where its file is."""
    file = network(f"{FILES[name]}-{seed}")
    return runs.lines(
        f"{FILES[name]}-{seed}", f"train --architecture {name} --seed {seed} {NETWORKS[name]} --measure-test -o {file}",
        files=[file] if needed else [])


def measured(runs, name, seed, share, way):
    options = WAYS[way].replace("LAST", LAST[name])
    words = f"budget {network(f'{FILES[name]}-{seed}')} --budget {UNIT}:{share}% {options} --accuracy --split test"
    # Named anew since the rest of a budget is spent; uniform ranks are as they were.
    kind = "ranks" if "--uniform" in options else "spent"
    return last(runs.lines(
        f"{kind}-{name}-{seed}-{share}-{way.replace(', ', '-').replace(' ', '-')}", words,
        needs=[lambda: trained(runs, name, seed, needed=True)]))
