"""Worlds that are known to end well, so that what follows from an equal one need not be played again.

A run that stands still is what its state says: the fold of its journal, which `verify` has just held against the
journal itself. What comes of it depends on that state, on the files and rows around it, and on which of its moments
come next. So where all of these are as they were in a play that ended as it has to, this one ends so, too. What is
only counted up on the way (the ledger of effects, the messages, the deadlines that came) is part of the world that
is compared: two plays with the same so far and the same to come have the same in the end.

What is left out is what a crash may change and nothing goes by: the records themselves, how often a step that has
ended was tried, when, and ids. A play that comes to no known world is played to its end, so leaving out too little costs
time and proves no less; a sample is played to its end in any case, which would show that too much is left out.
"""

import contextlib
import datetime
import hashlib
import json
import re
import time

from play import blurred_text

# What is a cache, is verified against the journal, or differs with every run; databases are compared row by row.
LEFT_OUT = re.compile(
    r"\.baton/(index|drafts|ledger\.(jsonl|lock)|events\.(jsonl|lock)|tokens\.(json|lock)|key)"
    r"|\.baton/runs/[^/]+/(journal\.jsonl|run\.json|lock|sealed\.jsonl|definition/|torn-)"
    r"|\.baton/ledger-torn-|data/.*\.db|outbox/|plugins/|workflows/|calendars/|baton\.yaml")
# Of the state: how long the history is, and which commands made it.
HISTORY = {"commands", "events", "last_at", "next_frame"}
# Of a step that has ended: how it came to that.
EFFORT = {
    "attempts", "attempts_in_series", "events_before", "started_at", "finished_at", "key_generation", "attempted_at",
    "reason",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


class Worlds:
    """The worlds of one scenario from which the right end was reached."""

    def __init__(self):
        self.known = set()

    @contextlib.contextmanager
    def following(self, play, is_whole=False):
        """Yields what says, of each card on the way, whether from here the end is known; never where it is to be
        played as a whole. Once the end turned out right, all that was passed is known, too.
        """
        passed = set()

        def follow(card):
            world = self.normal(play, card)
            if world is None:
                return False
            passed.add(world)
            return world in self.known and not is_whole

        yield follow
        self.known |= passed

    def normal(self, play, card):
        """The world of a run that stands still, in normal form; nil where it does not, or has something to take in."""
        if card is None or card["status"] == "interrupted":
            return None
        state = _state(play.project / ".baton" / "runs" / card["id"])
        if state is None:
            return None
        whole = [state, _events(play), _files(play.project), play.scenario.world(play)]
        text = json.dumps(whole, sort_keys=True, default=sorted)
        text = blurred_text(_moments_in_order(text, time.time() + play.clock))
        return hashlib.sha256(text.encode()).hexdigest()


def _state(run):
    """The saved state, without its history; nil where there is more than that."""
    inbox = run / "inbox"
    if inbox.exists() and any(inbox.iterdir()):
        return None
    try:
        saved = json.loads((run / "run.json").read_text())
        last = json.loads((run / "journal.jsonl").read_text().rstrip("\n").rsplit("\n", 1)[-1])
    except (OSError, ValueError):
        return None
    if saved["head"] != last["hash"]:
        return None
    state = {name: value for name, value in saved["state"].items() if name not in HISTORY}
    # Where its folder is; copies of it are played, too.
    state["header"] = {name: value for name, value in state["header"].items() if name != "home"}
    state.pop("placement", None)
    # What came before anybody waited for it: its ids and moments do not matter.
    state["received"] = [[event["event"], event["data"]] for event in state["received"]]
    state["steps"] = {address: _step(step) for address, step in state["steps"].items()}
    return state


def _step(step):
    if step["phase"]["name"] not in ("succeeded", "skipped", "undone"):
        return step
    return {name: value for name, value in step.items() if name not in EFFORT}


def _events(play):
    """The events that the project keeps, which later waits may take."""
    path = play.project / ".baton" / "events.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [[event["event"], event["data"]] for event in map(json.loads, filter(None, lines))]


def _files(project):
    paths = sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file())
    return {path: (project / path).read_text(errors="replace") for path in paths if not LEFT_OUT.match(path)}


def _moments_in_order(text, now):
    """Of a moment it counts whether it has come, else which of them comes first."""
    moments = {moment: datetime.datetime.fromisoformat(moment).timestamp() for moment in MOMENT.findall(text)}
    coming = sorted({at for at in moments.values() if at > now})
    names = {
        moment: f"COMING {coming.index(at)}" if at > now else "MOMENT" for moment, at in moments.items()
    }
    return MOMENT.sub(lambda found: names[found.group()], text)
