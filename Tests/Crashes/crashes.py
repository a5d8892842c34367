"""Crashes of a scenario that was played undisturbed: at each of its commands, at everything that command does."""

import random
import shutil
import subprocess

import durable
import points
import shown
from play import FINAL, Broken, Play
from worlds import Worlds


def copy(world, other):
    """Much faster than the same file by file from here."""
    subprocess.run(["cp", "-a", world, other], check=True)


class Plan:
    """A scenario that was played undisturbed: its commands, and the world before each."""

    def __init__(self, scenario, tools, folder):
        self.scenario = scenario
        self.tools = tools
        self.folder = folder
        again = Play(scenario, tools, folder / "again")
        again.prepare()
        again.settle()
        self.play = Play(scenario, tools, folder / "calm")
        self.play.prepare()
        self.before = []
        self.points = []
        # From which the right end was reached: going on, and taking back.
        self.worlds = Worlds()
        self.worlds_back = Worlds()
        # How many crashes were played to the end of the run.
        self.played = 0
        with self.worlds.following(self.play) as follow:
            # Never a known one: all of them are passed on the way to the right end.
            self.play.settle(observer=self.observe, stop=follow)
        self.result = self.play.result()
        shutil.rmtree(self.play.root)
        if again.result().blurred() != self.result.blurred():
            raise Broken(f"two undisturbed runs differ:\n{again.result().blurred()}\n{self.result.blurred()}")

    def observe(self, command):
        """Keeps the world before a command, and counts what the command does in a copy of it."""
        number = len(self.before)
        kept = self.folder / f"before-{number}"
        copy(self.play.root, kept)
        self.before.append((command, kept))
        counted = self.folder / "counted"
        copy(kept, counted)
        # A run goes on in one place: while the original is there, its copy is refused.
        aside = self.play.root.rename(self.folder / "aside")
        notes = self.folder / f"points-{number}"
        Play(self.scenario, self.tools, counted).call(command, trace=["--points", notes])
        shutil.rmtree(counted)
        aside.rename(self.play.root)
        self.points.append(points.read(notes))

    def crashes(self, modes):
        return [
            (self, mode, number, point)
            for number, calls in enumerate(self.points)
            for point in range(1, len(calls) + 1)
            for mode in modes
            if points.differs(calls, point, mode)
        ]


def crash(plan, mode, number, point, folder, is_whole):
    """Plays one crash to a world from which the end is known; a sentence where something is not as it has to be.

    Where it is to be played as a whole, to the end.
    """
    command, kept = plan.before[number]
    play = Play(plan.scenario, plan.tools, folder / "world")
    copy(kept, play.root)
    try:
        strike(plan, play, command, mode, point, folder)
        if mode == "undo":
            undo(plan, play, is_whole)
        else:
            go_on(plan, play, is_whole)
    except Broken as broken:
        return str(broken)
    return None


def strike(plan, play, command, mode, point, folder):
    """Plays the command until it is killed, and has the disk lose what it may; what it showed has to be so."""
    before = shown.records(play.project)
    trace = ["--at", str(point)]
    if mode in ("kill", "undo"):
        _, said, _ = play.call(command, trace=trace)
        play.wait_for_children()
        return shown.check_kill(said, before, shown.records(play.project))
    shadow = folder / "durable"
    durable.seed(plan.tools, play.project, shadow)
    trace += ["--durable", shadow]
    if mode == "later":
        play.call(command, trace=trace)
        play.wait_for_children()
        card = play.card()
        if card is None or card["status"] != "interrupted":
            return
        # Of what the killed process had not synced, too, nothing may be lost that this one shows.
        before = shown.records(play.project)
        command, trace = plan.scenario.recover(card["id"]), ["--durable", shadow]
    _, said, _ = play.call(command, trace=trace, kill_all=True)
    written = shown.records(play.project)
    shown.check_kill(said, before, written)
    outside = [play.project / path for path in plan.scenario.outside]
    kept = {path: path.read_bytes() for path in outside if path.exists()}
    chance = random.Random(f"{plan.scenario.name} {point}") if mode == "mixed" else None
    durable.lose(plan.tools, play.project, shadow, folder / "now", chance)
    for path, content in kept.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    shown.check_power(said, before, written, shown.records(play.project))


def go_on(plan, play, is_whole):
    play.verify("right after the crash")
    with plan.worlds.following(play, is_whole) as follow:
        is_known = play.settle(stop=follow)
        if play.helped:
            play.verify("at the end")
        if is_known:
            return
        plan.played += 1
        result = play.result()
        if result != plan.result:
            raise Broken(f"it ended differently:\n{result.difference(plan.result)}")


def undo(plan, play, is_whole):
    card = play.card()
    if card is None or card["status"] in FINAL:
        return
    command = ["undo", card["id"], "--yes", "--reason", "a mistake"]
    play.call(command)
    with plan.worlds_back.following(play, is_whole) as follow:
        is_known = play.settle(otherwise=command, stop=follow)
        play.verify("at the end")
        if is_known:
            return
        plan.played += 1
        check_undone(plan, play)


def check_undone(plan, play):
    card = play.card()
    if card["status"] == "succeeded":
        # What was under way had to be settled first, and then nothing was left to do.
        return
    if card["status"] != "undone":
        raise Broken(f"it was to be undone and {card['status']}: {card['outputs']}")
    before = Play(plan.scenario, plan.tools, plan.before[0][1])
    difference = plan.scenario.left_behind(play, before)
    if difference:
        raise Broken(f"the world is not as it was:\n{difference}")
