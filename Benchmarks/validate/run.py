"""Measures loading and checking: against libyaml alone, over sizes, and of the project's workflows.

    python3 Benchmarks/validate/run.py path/to/baton

Prints the rows of the table in docs/internals/performance.md.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
project = here.parent.parent
baton = str(pathlib.Path(sys.argv[1]).resolve())

HEAD = """baton: 1
id: large
name: A large procedure
inputs:
  order_id: string
  amount: number
  plan: { type: string, enum: [professional, enterprise] }
steps:
"""
# Four steps of different kinds, each reading what is before it.
STEPS = [
    """  - id: s{i}
    name: Part {i}
    set:
      text: Order ${{{{ inputs.order_id }}}}, part {i}
      total: ${{{{ inputs.amount * {i}.0 + 1.5 }}}}
""",
    """  - id: s{i}
    if: steps.s{before}.outputs.total > {i}.0 && inputs.plan == 'enterprise'
    action: log.write
    with: {{ message: "${{{{ steps.s{before}.outputs.text }}}} of {i}" }}
""",
    """  - id: s{i}
    action: files.read
    with: {{ path: "${{{{ inputs.order_id }}}}-{i}.txt" }}
    verify:
      - check: outputs.size > {i}
""",
    """  - id: s{i}
    set:
      content: ${{{{ steps.s{before}.outputs.content }}}}
      large: ${{{{ steps.s{before}.outputs.size > 1000 }}}}
""",
]
SMALL = '  - {{ id: s{i}, set: {{ x: "${{{{ {i} + 1 }}}}" }} }}\n'


def workflow(count, steps):
    return HEAD + "".join(steps[i % len(steps)].format(i=i, before=i - 1) for i in range(count))


def once(arguments, folder):
    """Milliseconds."""
    start = time.perf_counter()
    process = subprocess.Popen(
        arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = process.wait()
    elapsed = (time.perf_counter() - start) * 1e3
    if status != 0:
        raise SystemExit(f"{arguments} gave {status}")
    return elapsed


def memory(peak, arguments, folder):
    """The most memory in bytes that a command has."""
    return int(subprocess.run([peak, *arguments], cwd=folder, capture_output=True).stdout) * 1024


def alone(events, file):
    """Milliseconds that libyaml takes to emit the events, the least of its own rounds."""
    return float(subprocess.run([events, file], capture_output=True, text=True).stdout.split()[1])


def pair(events, file, folder, rounds=9):
    """The least of both, taken in turns, so that what else the machine does falls on both."""
    least, taken = float("inf"), float("inf")
    for _ in range(rounds):
        least = min(least, alone(events, file))
        for _ in range(3):
            taken = min(taken, once([baton, "validate", file.name], folder))
    return least, taken


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    events = folder / "events"
    peak = folder / "peak"
    subprocess.run(["cc", "-O2", "-o", events, here / "events.c", "-lyaml"], check=True)
    subprocess.run(["cc", "-O2", "-o", peak, here / "peak.c"], check=True)
    print("| | file | libyaml | baton | ratio | peak memory to the file |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, steps, counts in [
        ("four kinds", STEPS, [100, 1_000, 10_000, 100_000]),
        ("one `set`", [SMALL], [100, 1_000, 10_000, 100_000]),
    ]:
        for count in counts:
            file = folder / f"{count}.yaml"
            file.write_text(workflow(count, steps))
            size = file.stat().st_size
            least, taken = pair(events, file, folder)
            most = max(memory(peak, [baton, "validate", file.name], folder) for _ in range(9))
            print(
                f"| {count:,} steps, {name} | {size / 1e6:.2f} MB | {least:.2f} ms | {taken:.1f} ms "
                f"| {taken / least:.1f} | {most / size:.0f} |", flush=True)
    taken = min(once([baton, "validate"], project) for _ in range(9))
    print(f"\nAll workflows of the project: {taken:.1f} ms from process start")
