"""What a loss of power leaves: the tree of files as `stop_at --durable` has kept it."""

import shutil
import subprocess
from pathlib import Path


def seed(tools, tree, shadow):
    """Takes all that is in a tree for durable."""
    shutil.rmtree(shadow, ignore_errors=True)
    for name in ["content", "entries"]:
        (shadow / name).mkdir(parents=True)
    subprocess.run([tools["stop_at"], "--durable", shadow, "--seed", tree], check=True)


def lose(tools, tree, shadow, now, chance):
    """Replaces a tree by what is durable of it; with a source of chance, some of the rest stays, too."""
    seed(tools, tree, now)
    entries = now if chance and chance.random() < 0.5 else shadow
    for path in tree.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    _build(tree, (shadow / "root").read_text().strip(), entries, shadow, now, chance)


def _build(folder, own_id, entries, shadow, now, chance):
    folder.mkdir(exist_ok=True)
    listing = entries / "entries" / own_id
    if not listing.exists():
        return
    for line in listing.read_text().splitlines():
        kind, member, name = line.split("\t", 2)
        path = folder / name
        if kind == "folder":
            _build(path, member, entries, shadow, now, chance)
        else:
            path.write_bytes(_content(member, shadow, now, chance))
            path.chmod(0o600)


def _content(member, shadow, now, chance):
    kept = _read(shadow / "content" / member)
    if chance is None:
        return kept
    last = _read(now / "content" / member)
    if last.startswith(kept) and len(last) > len(kept):
        # A file that grew: a part of its end, of which the last bytes may never have been written.
        end = chance.randint(len(kept), len(last))
        zeros = chance.randint(0, end - len(kept)) if chance.random() < 0.3 else 0
        return last[: end - zeros] + bytes(zeros)
    records = kept.rstrip(b"\n") + b"\n"
    if last.startswith(records) and len(last) <= len(kept):
        # A journal whose records were written over the space ahead of them: the first part of those.
        end = chance.randint(len(records), len(last))
        return last[:end] + kept[end:]
    return chance.choice([kept, last])


def _read(path: Path):
    return path.read_bytes() if path.exists() else b""
