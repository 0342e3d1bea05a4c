"""The table of the smallest files that training for bytes makes: bytes and loss at several sizes, beside the original and a control trained as long."""

from results_deep import TEACHERS, compressed, files, original, short
from results_numbers import error, mean, percent, points, table
from results_runs import last, ran_on, results, test, validation, wall

# The factor that is aimed at.
GOALS = {"lenet-300-100": 250, "lenet-5": 300}
# The two-sided 95 % quantile of Student's t by degrees of freedom.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78}


def smallest_bytes(architecture):
    """Stages with a rising price of a byte, each at the factor that its name says; the price was chosen on validation."""

    def make(runs, seeds):
        found = [one(runs, architecture, seed) for seed in seeds]
        names = [short(result["stage"]) for result in found[0]["points"]]
        rows = [row(found, i, name) for i, name in enumerate(names)]
        goal = GOALS[architecture]
        return "\n\n".join([
            f"## Bytes in the loss: {architecture}",
            f"Schedule `Models/schedules/smallest-bytes-{architecture}.yaml` goes on from the end of Deep Compression with what the levels take in the file as a term of the loss "
            f"([`bytes`](Schedules.md#bytes-in-the-loss)), at a price that rises from stage to stage; biases have 4 bits. {len(seeds)} seeds with the originals of above "
            f"({percent([seed['original'] for seed in found])} %). Prices were chosen on validation so that files are as small as the stage's name says, and the schedule was in the repository before "
            f"test was looked at; the aim was {goal} × at 0.1 points. Bytes are those of whole `.pare` files: graph, biases and checksums too. The control is the dense original trained on with the "
            f"same epochs, rates and teachers, Deep Compression's among them ({percent([seed['control'] for seed in found])} %).",
            table(
                ["stage", "weights kept", "bytes", "smaller, by seed", "test accuracy", "to the original, in points", "its 95 % interval", "to the control, in points",
                 "validation, to the original (chosen on)"], rows),
            f"Time of one run: {mean([seed['seconds'] for seed in found]) / 60:.1f} minutes (mean, each on {found[0]['cores']} of a machine with other work), Deep Compression not counted.",
        ])

    return make


def row(found, i, name):
    sizes = [seed["files"][i] for seed in found]
    gaps = [test(seed["points"][i]) - seed["original"] for seed in found]
    return [
        name, f"{100 * mean([seed['points'][i]['kept'] for seed in found]):.2f} %", f"{mean([size['bytes'] for size in sizes]):,.0f}",
        ", ".join(f"{size['originalBytes'] / size['bytes']:.1f} ×" for size in sizes), percent([test(seed["points"][i]) for seed in found]), points(gaps), interval(gaps),
        points([test(seed["points"][i]) - seed["control"] for seed in found]),
        points([validation(seed["points"][i]) - seed["chosen"] for seed in found])]


def interval(values):
    """Of the mean over seeds, by Student's t."""
    width = STUDENT.get(len(values) - 1)
    if width is None:
        return "–"
    half = width * error(values)
    return f"{100 * (mean(values) - half):+.2f}…{100 * (mean(values) + half):+.2f}"


def one(runs, architecture, seed):
    """A seed's original, control, stages and files."""
    schedule = f"smallest-bytes-{architecture}"
    base = last(original(runs, architecture, seed))
    lines = compressed(runs, architecture, seed, schedule, "bytes", TEACHERS)
    control = last(compressed(runs, architecture, seed, f"dense-control-bytes-{architecture}", "control-bytes", TEACHERS))
    stages = results(lines)
    of = files(runs, architecture, seed, schedule, "bytes", {result["stage"]: "smallest" for result in stages})
    return {
        "original": test(base), "chosen": validation(base), "control": test(control), "points": stages, "seconds": wall(lines), "cores": ran_on(lines),
        "files": [line for line in of if line["event"] == "file"],
    }
