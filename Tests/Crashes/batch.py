"""Kills a batch of runs somewhere, some of the time with all that was not synced lost, and lets `tick` go on.

The step of a run notes itself outside the project when it is carried out. So after the crash it can be seen that no
effect happened that the record does not know of, that every run that was said to have ended is there and has, and
that it is not done again. At the end every run that is there has succeeded, and everything verifies.
"""

import json
import random
import shutil
import subprocess
from pathlib import Path

import durable
from play import Broken

RUNS = 24
STEPS = ["first", "second", "third"]
WORKFLOW = "baton: 1\nid: batch\nname: A batch\nversion: 1.0.0\nsteps:\n" + "".join(
    f"  - id: {step}\n    action: command.run\n    effects: keyed\n    with:\n"
    f"      command: [sh, -c, 'echo \"$1\" >> ../effects', sh, '${{{{ run.id }}}} {step}']\n"
    for step in STEPS)


class Batch:
    def __init__(self, tools, root):
        self.tools = tools
        self.root = root
        self.project = root / "project"

    def prepare(self):
        shutil.rmtree(self.root, ignore_errors=True)
        self.project.mkdir(parents=True)
        (self.project / "batch.yaml").write_text(WORKFLOW)
        (self.project / "lines.jsonl").write_text("{}\n" * RUNS)
        (self.root / "effects").touch()

    def call(self, words, trace=()):
        """The exit code, and what was said."""
        followed = [self.tools["stop_at"], *trace] if trace else []
        # To a file: what a killed process started may keep a pipe open.
        with open(self.root / "said", "w+", encoding="utf-8") as said:
            done = subprocess.run(
                [str(word) for word in [*followed, self.tools["baton"], *words]], cwd=self.project, stdout=said,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120, check=False)
            said.seek(0)
            return done.returncode, said.read()

    def start(self, *trace):
        return self.call(["run", "batch.yaml", "--batch", "lines.jsonl", "--parallel", "6"], trace)

    def sure(self, *words):
        code, said = self.call(words)
        if code != 0:
            raise Broken(f"`baton {' '.join(words)}` exits with {code}: {said}")
        return said

    def effects(self):
        return (self.root / "effects").read_text().splitlines()

    def statuses(self):
        return {run["id"]: run["status"] for run in json.loads(self.sure("list", "--json"))["runs"]}

    def intents(self, run):
        """The steps that the record says were begun."""
        journal = (self.project / ".baton" / "runs" / run / "journal.jsonl").read_bytes()
        begun = set()
        for line in journal.splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if record["type"] == "attempt.started":
                begun.add(record["step"])
        return begun

    def check_crash(self, said):
        """What has to hold right after a crash; the runs that were said to have ended, and their effects."""
        if (self.project / ".baton").exists():
            self.sure("verify", "--all")
        statuses = self.statuses()
        ended = {line.split()[1] for line in said.splitlines() if line.endswith(": succeeded")}
        for run in ended:
            if statuses.get(run) != "succeeded":
                raise Broken(f"{run} had succeeded and is {statuses.get(run, 'gone')}")
        for effect in self.effects():
            run, step = effect.split()
            if run not in statuses or step not in self.intents(run):
                raise Broken(f"{step} of {run} happened, and no record knows of it")
        return {effect for effect in self.effects() if effect.split()[0] in ended}

    def settle(self, done):
        for _ in range(200):
            if all(status == "succeeded" for status in self.statuses().values()):
                break
            self.call(["tick", "--quiet"])
        effects = self.effects()
        for run, status in self.statuses().items():
            if status != "succeeded":
                raise Broken(f"{run} never ends: {status}")
            missing = [step for step in STEPS if f"{run} {step}" not in effects]
            if missing:
                raise Broken(f"{run} has succeeded without {missing}")
        again = [effect for effect in done if effects.count(effect) > 1]
        if again:
            raise Broken(f"done again: {again}")
        self.sure("verify", "--all")


def crash(batch, mode, point, seed):
    batch.prepare()
    shadow = batch.root / "durable"
    trace = ["--at", point]
    if mode != "kill":
        durable.seed(batch.tools, batch.project, shadow)
        trace += ["--durable", shadow]
    _, said = batch.start(*trace)
    if mode != "kill":
        chance = random.Random(seed) if mode == "mixed" else None
        durable.lose(batch.tools, batch.project, shadow, batch.root / "now", chance)
    batch.settle(batch.check_crash(said))


def play(tools, folder, count, seed):
    """Plays so many crashes; how many points there are to choose from."""
    chance = random.Random(seed)
    batch = Batch(tools, Path(folder) / "batch")
    batch.prepare()
    points = batch.root / "points"
    batch.start("--points", points)
    total = points.read_text().count("\n")
    batch.settle(set(batch.effects()))
    for number in range(count):
        mode = ["kill", "power", "mixed"][number % 3]
        # Threads take turns as they like: a point is somewhere else each time.
        point = chance.randrange(1, total)
        try:
            crash(batch, mode, point, f"{seed} {number}")
        except Broken as broken:
            raise Broken(f"--mode {mode}, point {point} of {total}: {broken}") from None
    return total
