"""The table on one budget over the ranks of all layers, beside the same share of its largest rank for every layer, without training."""

from results_numbers import percent, points, table
from results_runs import last, network, test

SHARES = [60, 45, 30]
UNIT = "macs"
WAYS = {
    "one budget, outputs": "", "one budget, weights": "--weighting plain", "uniform, outputs": "--uniform",
    "uniform, weights": "--uniform --weighting plain",
}
# Short trainings, for what is compared is the same network in several ways: the options of `pare train`.
NETWORKS = {
    "lenet-5": "--epochs 4 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip",
    "resnet-20": "--epochs 1 --rate 0.05 --nesterov --weight-decay 0.0005",
}


def ranks(name):
    recipe = NETWORKS[name]

    def made(runs, seeds):
        rows, dense = [], [test(last(trained(runs, name, seed))) for seed in seeds]
        for share in SHARES:
            found = {way: [measured(runs, name, seed, share, way) for seed in seeds] for way in WAYS}
            for way, lines in found.items():
                other = way.replace("one budget", "uniform")
                gain = "" if way == other else points([a["accuracy"] - b["accuracy"] for a, b in zip(lines, found[other])])
                cost = percent([line["cost"] / line["dense"] for line in lines])
                rows.append([f"{share} %", way, cost, percent([line["accuracy"] for line in lines]), gain])
        return "\n\n".join([
            f"## One budget over the ranks of {name}",
            "Every layer that can be factored gets a rank, for at most so many multiply-adds, without any training and without new statistics of normalizations; accuracy on test. "
            "One budget is `pare budget`; uniform is the same share of its largest rank for every layer, the highest within the budget. Factors are nearest to the outputs on 256 "
            "training examples, or to the weights. Each seed has a network of its own, shortly trained; gains are in points against uniform ranks with the same factors, mean ± "
            "standard error (all seeds).",
            f"`pare train --architecture {name} {recipe}`, {percent(dense)} without ranks, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}:",
            table(["budget", "ranks, factors", "cost", "test accuracy", "gain"], rows)])

    return made


def trained(runs, name, seed, needed=False):
    """The network of that seed; `needed` where its file is."""
    file = network(f"ranked-{name}-{seed}")
    return runs.lines(
        f"ranked-{name}-{seed}", f"train --architecture {name} --seed {seed} {NETWORKS[name]} --measure-test -o {file}",
        files=[file] if needed else [])


def measured(runs, name, seed, share, way):
    words = f"budget {network(f'ranked-{name}-{seed}')} --budget {UNIT}:{share}% {WAYS[way]} --measure --split test"
    return last(runs.lines(
        f"ranks-{name}-{seed}-{share}-{way.replace(', ', '-').replace(' ', '-')}", words,
        needs=[lambda: trained(runs, name, seed, needed=True)]))
