"""The table of resnet-20 at less than half of its multiply-adds: by filters, by ranks, by both; beside the dense control, random filters and the shape from scratch."""

import json

from results_numbers import points, table
from results_runs import RUNS, last, network, test
from results_structure import pare

RATE = "--nesterov --weight-decay 0.0005 --flip"
# Epochs of the originals, and of everything after the cut; a shape from scratch trains as many as both.
BEFORE, AFTER = 4, 3
ORIGINAL = f"--epochs {BEFORE} --rate 0.05 {RATE}"
FURTHER = f"--epochs {AFTER} --rate 0.02 {RATE}"
SCRATCH = f"--epochs {BEFORE + AFTER} --rate 0.05 {RATE}"
SHARE = 45
# Within the blocks, so that the streams stay; of each block what it loses least by for what it saves, or at random 9 of 16, 18 of 32 and 35 of 64.
INNER = f"layer*.conv1:{SHARE}% macs reconstruction global /1"
RANDOM = "layer*.conv1:55% random /1"
# For both: filters to about two thirds, and ranks for the rest.
HALF = "layer*.conv1:68% macs reconstruction global /1"
ARMS = ["filters", "rank", "both", "random", "scratch"]
TITLES = {
    "filters": "filters (reconstruction) and repair", "rank": "ranks by one budget, and repair", "both": "filters, then ranks", "random": "random filters and repair",
    "scratch": "the shape of the filters, from scratch"}


def cut(runs, seeds):
    originals = [original(runs, seed) for seed in seeds]
    was = [test(last(lines)) for lines in originals]
    control = [test(last(runs.lines(
        f"cut-control-{seed}", f"train {network(name(seed))} --seed {seed} {FURTHER} --measure-test -o {network(f'cut-control-{seed}')}",
        needs=[lambda: original(runs, seed, needed=True)]))) for seed in seeds]
    dense = last(originals[0])["multiplyAdds"]
    rows = [["dense (control)", f"{dense:,}", "", values(was), "", values(control), ""]]
    for arm in ARMS:
        bare = [None if arm == "scratch" else shape(runs, seed, arm)[0] for seed in seeds]
        after = [last(trained(runs, seed, arm)) for seed in seeds]
        cost = shape(runs, seeds[0], "filters" if arm == "scratch" else arm)[0]["multiplyAdds"]
        ends = [test(line) for line in after]
        rows.append([
            TITLES[arm], f"{cost:,}", f"{dense / cost:.2f} ×", *(["–", "–"] if arm == "scratch" else [
                values([line["accuracy"] for line in bare]), points([line["accuracy"] - before for line, before in zip(bare, was)])]),
            values(ends), points([end - other for end, other in zip(ends, control)])])
    return "\n\n".join([
        "## resnet-20 at less than half of its multiply-adds",
        f"`pare train --architecture resnet-20 {ORIGINAL}`, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}, each with an original of its own; then what the row says, and {AFTER} epochs of "
        f"training on labels (`{FURTHER}`), the control too; the shape from scratch trains {BEFORE + AFTER}. Filters go within the blocks (`--filters '{INNER}'`, at random "
        f"`{RANDOM}`), ranks come "
        f"from `pare budget --budget macs:{SHARE}%`, both is `{HALF}` and a budget for what is left; `pare thin` and `pare budget` repair what they write by least squares. "
        "Accuracy on test.",
        table(["", "multiply-adds", "fewer", "without training", "to the original, in points", "trained", "to the control, in points"], rows),
    ])


def values(numbers):
    return ", ".join(f"{100 * number:.2f}" for number in numbers)


def name(seed):
    return f"cut-resnet-20-{seed}"


def original(runs, seed, needed=False):
    """`needed` where its file is."""
    return runs.lines(
        name(seed), f"train --architecture resnet-20 --seed {seed} {ORIGINAL} --measure-test -o {network(name(seed))}",
        files=[network(name(seed))] if needed else [])


def shape(runs, seed, arm, needed=False):
    """The network after the cut, not trained: its multiply-adds and accuracy."""
    title = f"cut-{arm}-{seed}"
    script = RUNS / f"{title}.report"

    def ready():
        original(runs, seed, needed=True)
        make(seed, arm, network(title))
        report = json.loads(pare("report", str(network(title)), "--against", str(network(name(seed))), "--split", "test", "--json"))
        line = {
            "event": "result", "accuracy": report["accuracy"]["current"], "original": report["accuracy"]["original"],
            "parameters": report["network"]["parameters"], "multiplyAdds": multiply_adds(network(title))}
        script.write_text(json.dumps(line) + "\n")

    return runs.lines(title, ["cat", str(script)], needs=[ready], files=[network(title)] if needed else [])


def make(seed, arm, file):
    source = network(name(seed))
    if arm == "filters":
        pare("thin", str(source), "--filters", INNER, "-o", str(file))
    elif arm == "random":
        pare("thin", str(source), "--filters", RANDOM, "--seed", str(seed), "-o", str(file))
    elif arm == "rank":
        ranked(source, file, source)
    elif arm == "both":
        thinned = RUNS / f"cut-half-{seed}.onnx"
        pare("thin", str(source), "--filters", HALF, "-o", str(thinned))
        ranked(thinned, file, source)
    else:
        pare("thin", str(source), "--filters", INNER, "--fresh", "--seed", str(seed), "-o", str(file))


def ranked(source, file, dense):
    """Factors for so many multiply-adds of the dense network, repaired, as a network of their own."""
    pare("budget", str(source), "--budget", f"macs:{SHARE * multiply_adds(dense) // 100}", "-o", str(file))


def multiply_adds(file):
    return json.loads(pare("info", str(file), "--json"))["multiplyAdds"]


def trained(runs, seed, arm):
    title = f"cut-{arm}-{seed}"

    def ready():
        if arm == "scratch":
            original(runs, seed, needed=True)
            make(seed, arm, network(title))
        else:
            shape(runs, seed, arm, needed=True)

    return runs.lines(
        f"{title}-trained", f"train {network(title)} --seed {seed} {SCRATCH if arm == 'scratch' else FURTHER} --measure-test -o {network(f'{title}-trained')}",
        needs=[ready])
