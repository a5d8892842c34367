"""The points at which a command can be stopped, and which of them leave the same behind."""

SYNCS = {"fsync", "fdatasync"}
# Of what a process does between two syncs, only what it starts and sends outlives a loss of power.
LOST_WITH_POWER = {
    "openat", "open", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
    "rmdir", "write", "pwrite", "writev", "pwritev", "ftruncate", "fallocate",
}


def read(notes):
    """The calls that `stop_at --points` noted, in order: their names, and the files they are about."""
    calls = [line.split(" ", 2)[1:] for line in notes.read_text().splitlines()]
    return [(name, target) for name, target in calls]


def differs(calls, point, mode):
    """Whether a crash right before the call leaves something else than one at a neighbouring point does."""
    if mode in ("kill", "undo"):
        # What it leaves is the same right after a call that changes no file and tells nobody but the person.
        name, target = calls[point - 1]
        return not (name in SYNCS or target == "output")
    if mode == "later":
        # What it leaves to be synced by whoever goes on.
        return calls[point - 1][0] in SYNCS
    if mode == "power" and point > 1:
        # What it leaves is the same right before a call that is lost.
        name, target = calls[point - 2]
        return not (name in LOST_WITH_POWER and (not target or target == "output" or target.startswith("/")))
    return True
