#!/usr/bin/env python3
"""Measures whole runs against what the machine allows, in one go on one disk.

    Benchmarks/runs/run.py PATH-OF-THE-RELEASE-BINARY

Every figure is the median of several runs; ratios are taken pair by pair within this run.
Needs a C compiler and swiftc.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def seconds(command, folder, expect=(0,)):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode not in expect:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr.decode()}")
    return elapsed


def median(command, folder, count=7, expect=(0,)):
    return statistics.median(seconds(command, folder, expect) for _ in range(count))


def workflow(folder, name, steps, head=""):
    path = folder / f"{name}.yaml"
    path.write_text(f"baton: 1\nid: {name}\nname: {name}\nversion: 1.0.0\n{head}steps:\n{steps}")
    return str(path)


def show(what, figure, limit=""):
    print(f"{what:<66} {figure:>14}  {limit}", flush=True)


def process_start(baton, empty, folder):
    start = median([empty], folder, 31)
    version = median([baton, "version"], folder, 31)
    show("an empty Swift program", f"{start * 1e3:.2f} ms")
    show("baton version, more than that", f"{(version - start) * 1e3:.2f} ms", "at most 3 ms")


def one_step(baton, sync, folder):
    path = workflow(folder, "one", '  - { id: a, set: { x: "${{ 1 + 1 }}" } }\n')
    took = median([baton, "run", path], folder, 21)
    show("one set step, durable", f"{took * 1e3:.2f} ms", f"at most {10 + 4 * sync * 1e3:.2f} ms")


def pure_steps(baton, folder):
    loop = """  - id: loop
    repeat:
      steps: [ { id: a, set: { x: "${{ index + 1 }}" } } ]
      until: index + 1 >= inputs.count
"""
    path = workflow(folder, "loop", loop, "inputs: { count: integer }\n")
    empty = median([baton, "run", path, "-i", "count=1"], folder, 7)
    for count in (1_000, 10_000, 100_000, 1_000_000):
        took = median([baton, "run", path, "-i", f"count={count}"], folder, 1 if count > 1e4 else 5)
        each = (took - empty) / count
        show(f"{count:,} rounds of one set step, a round", f"{each * 1e6:.1f} µs", "at most 10 µs a step")
    tens = "".join(f'        - {{ id: s{i}, set: {{ x: "${{{{ index + {i} }}}}" }} }}\n' for i in range(10))
    path = workflow(folder, "tens", f"""  - id: loop
    repeat:
      until: index + 1 >= inputs.count
      steps:
{tens}""", "inputs: { count: integer }\n")
    took = median([baton, "run", path, "-i", "count=1000"], folder, 5)
    show("1,000 rounds of ten set steps, a step", f"{(took - empty) / 1e4 * 1e6:.1f} µs", "at most 10 µs")


def flat_steps(baton, folder):
    steps = "".join(f'  - {{ id: s{i}, set: {{ x: "${{{{ {i} + 1 }}}}" }} }}\n' for i in range(10_000))
    path = workflow(folder, "flat", steps)
    load = median([baton, "validate", path], folder, 5)
    took = median([baton, "run", path], folder, 5)
    show("10,000 set steps in one file: loading it", f"{load * 1e3:.0f} ms")
    show("10,000 set steps in one file: a step", f"{(took - load) / 1e4 * 1e6:.1f} µs", "at most 10 µs")


def effects(baton, append, folder):
    count = 2_000
    steps = "".join(
        f"  - {{ id: s{i}, action: log.write, effects: repeatable, with: {{ message: hello }} }}\n"
        for i in range(count))
    path = workflow(folder, "effects", steps)
    load = median([baton, "validate", path], folder, 5)
    rates = []
    for _ in range(5):
        took = seconds([baton, "run", path], folder) - load
        journal = max(folder.glob(".baton/runs/*/journal.jsonl"), key=os.path.getmtime)
        size = journal.stat().st_size // count
        loop = float(subprocess.check_output([append, str(folder / "bytes"), str(size), str(count)]))
        rates.append(loop / took)
    show(f"{count:,} steps with effects: share of the rate of the C loop", f"{statistics.median(rates):.0%}",
         "at least 90 %")


def programs(baton, sync, folder):
    count = 200
    steps = "".join(
        f"  - {{ id: s{i}, action: command.run, with: {{ command: [/bin/true] }} }}\n" for i in range(count))
    path = workflow(folder, "programs", steps)
    loop = f"i=0; while [ $i -lt {count} ]; do /bin/true; i=$((i+1)); done"
    ratios = []
    for _ in range(7):
        shell = seconds(["sh", "-c", loop], folder)
        ratios.append((seconds([baton, "run", path], folder) - count * sync) / shell)
    show("200 times /bin/true, less a sync each, to a shell's loop", f"{statistics.median(ratios):.2f}",
         "at most 1.5")


def reopening(baton, folder):
    steps = """  - id: loop
    repeat:
      steps: [ { id: a, set: { x: "${{ index }}" } } ]
      until: index + 1 >= inputs.count
  - { id: hold, ask: { message: Go on?, fields: { ok: boolean } } }
  - { id: after, set: { at: "${{ now }}" } }
  - { id: more, ask: { message: And?, fields: { ok: boolean } } }
"""
    path = workflow(folder, "reopening", steps, "inputs: { count: integer }\n")
    for count in (1_000, 10_000, 1_000_000):
        seconds([baton, "run", path, "-i", f"count={count}", "--no-input"], folder, (4,))
        run = max((folder / ".baton" / "runs").iterdir(), key=os.path.getmtime).name
        took = seconds([baton, "answer", run, "hold", "ok=true", "--no-input"], folder, (4,))
        show(f"reopening after {count:,} steps, answering, parking again", f"{took * 1e3:.1f} ms", "15 ms to the step")


def branches(baton, folder):
    """What a branch of `parallel` and an item of `for_each` cost, in few and in many."""
    loop = """  - id: loop
    for_each:
      in: inputs.items
      max_parallel: 8
      steps: [ { id: a, set: { x: "${{ index + 1 }}" } } ]
"""
    path = workflow(folder, "items", loop,
                    "inputs: { items: { type: array, items: { type: integer } } }\n")
    figures = []
    for count in (1, 100, 100_000):
        inputs = folder / f"items-{count}.json"
        inputs.write_text('{"items": ' + str(list(range(count))) + "}")
        figures.append(median([baton, "run", path, "--inputs", str(inputs)], folder, 1 if count > 1e4 else 9))
    few, many = (figures[1] - figures[0]) / 99, (figures[2] - figures[0]) / 99_999
    show("for_each, max_parallel 8: an item of 100", f"{few * 1e6:.0f} µs")
    show("for_each, max_parallel 8: an item of 100,000", f"{many * 1e6:.0f} µs", "as of 100")
    figures = []
    for count in (1, 100, 1_000):
        steps = "  - id: all\n    parallel:\n" + "".join(
            f"      - {{ id: s{i}, set: {{ x: {i} }} }}\n" for i in range(count))
        path = workflow(folder, f"branches-{count}", steps)
        figures.append(median([baton, "run", path], folder, 5) - median([baton, "validate", path], folder, 5))
    few, many = (figures[1] - figures[0]) / 99, (figures[2] - figures[0]) / 999
    show("parallel: a branch of 100", f"{few * 1e6:.0f} µs")
    show("parallel: a branch of 1,000", f"{many * 1e6:.0f} µs", "as of 100")


def many_runs(baton, many, folder):
    """Runs of ten durable steps in one process, against threads that append and sync."""
    count, width = 1_000, 16
    steps = "".join(
        f"  - {{ id: s{i}, action: log.write, effects: repeatable, with: {{ message: hello }} }}\n"
        for i in range(10))
    path = workflow(folder, "ten", steps)
    lines = folder / "lines.jsonl"
    lines.write_text("{}\n" * count)
    files = folder / "files"
    files.mkdir()
    ratios = []
    for _ in range(5):
        took = seconds([baton, "run", path, "--batch", str(lines), "--parallel", str(width), "--quiet"], folder)
        journal = max(folder.glob(".baton/runs/*/journal.jsonl"), key=os.path.getmtime)
        size = journal.stat().st_size // 10
        loop = float(subprocess.check_output([many, str(files), str(size), "10", str(count), str(width)]))
        ratios.append((loop / took, count * 10 / took))
    ratio, rate = statistics.median(ratios)
    show("1,000 runs of ten durable steps in one process, steps a second", f"{rate:,.0f}")
    show("... share of the rate of 16 threads of C", f"{ratio:.0%}", "at least 80 %")


def weeks(baton):
    repository = HERE.parent.parent
    name = "enterprise-onboarding"
    command = [baton, "test", f"workflows/{name}.test.yaml"]
    done = subprocess.run([*command, "--json"], cwd=repository, capture_output=True, check=True)
    count = len(json.loads(done.stdout)["tests"])
    load = median([baton, "validate", f"workflows/{name}.json"], repository)
    took = (median(command, repository) - load) / count
    show(f"{name}, up to nine weeks in virtual time, a test", f"{took * 1e3:.1f} ms", "under 50 ms")


ORDERS = """run_name: Order ${{ inputs.order }}
labels: { order: '${{ inputs.order }}' }
inputs: { order: string }
"""

CUSTOMERS = """run_name: Onboarding ${{ inputs.company }} (${{ inputs.order }})
labels: { order: '${{ inputs.order }}', customer: '${{ inputs.company }}', region: '${{ inputs.region }}' }
roles: { support: Support, engineering: Engineering, manager: Manager }
inputs: { order: string, company: string, region: string, hours: integer }
"""

# Three questions at a time, one of them with reminders: the first rung comes after three minutes in
# every ten thousandth run.
QUESTIONS = """  - id: setup
    parallel:
      - id: call
        name: Call the customer and agree on a date
        role: support
        ask: { message: "Call ${{ inputs.company }}.", fields: { date: string, remarks: string } }
        due: ${{ string(inputs.hours) }}h
        remind: [ 57m before ]
        escalate: [ { after: 8h, to: manager } ]
      - { id: domain, role: engineering, ask: { message: The domain?, fields: { domain: string } }, due: 30d }
      - { id: check, role: support, ask: { message: Is it right?, fields: { ok: boolean } }, due: 40d }
"""


def parked(baton, project, head, steps, line):
    """A project of 100,000 runs that wait for people."""
    count = 100_000
    project.mkdir()
    # Else the runs of the other benchmarks would be of the same project.
    (project / "baton.yaml").write_text("baton: 1\n")
    path = workflow(project, "parked", steps, head)
    lines = project / "orders.jsonl"
    lines.write_text("".join(line(i) for i in range(count)))
    took = seconds([baton, "run", path, "--batch", str(lines), "--parallel", "32", "--quiet"], project, (4,))
    show("100,000 runs started and parked, a run", f"{took / count * 1e3:.2f} ms")


def lists(baton, folder):
    """Lists of 100,000 runs that are parked, and the tick that finds what is due."""
    companies = ["Acme", "Bäckerei Müller", "Nord Logistics", "Sunrise Clinic", "Café Zoë"]
    plain = folder / "orders"
    parked(baton, plain, ORDERS, "  - { id: hold, ask: { message: Go on?, fields: { ok: boolean } } }\n",
           lambda i: f'{{"order": "A-{i}"}}\n')
    rich = folder / "customers"
    parked(baton, rich, CUSTOMERS, QUESTIONS, lambda i: json.dumps({
        "order": f"A-{i}", "company": f"{companies[i % 5]} {i * 7919 % 5000}", "region": ["eu", "us", "za"][i % 3],
        "hours": 1 if i % 10_000 == 77 else 100 + i * 104729 % 2000}) + "\n")
    for project, name in ((plain, "one question each"), (rich, "three questions each, with deadlines")):
        print(f"lists of 100,000 parked runs, {name}:")
        commands = [["list"], ["list", "order=A-7"], ["list", "--json"], ["tasks"], ["tasks", "--json"], ["tick"]]
        for command in commands:
            # The first tick of all fires what is due.
            first = seconds([baton, *command], project)
            took = median([baton, *command], project, 9)
            peak = subprocess.run(["/usr/bin/time", "-f", "%M", baton, *command], cwd=project, capture_output=True,
                                  check=True)
            memory = int(peak.stderr.split()[-1]) / 1024
            show(f"  {' '.join(command)} (the first time {first * 1e3:.0f} ms)",
                 f"{took * 1e3:.0f} ms, {memory:.0f} MB", "under 100 ms, 200 MB")
        shutil.rmtree(project / ".baton" / "index")
        show("  list, the index lost", f"{seconds([baton, 'list'], project):.1f} s", "10 s")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    baton = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as name:
        folder = pathlib.Path(name)
        append, many, empty = (str(folder / name) for name in ("append", "many", "empty"))
        subprocess.check_call(["cc", "-O2", "-o", append, HERE / "append.c"])
        subprocess.check_call(["cc", "-O2", "-pthread", "-o", many, HERE / "many.c"])
        subprocess.check_call(["swiftc", "-O", "-static-stdlib", "-o", empty, HERE / "empty.swift"])
        loop = subprocess.check_output([append, str(folder / "bytes"), "300", "2000"])
        sync = float(loop) / 2000
        show("append of 300 bytes with fdatasync, a C loop", f"{sync * 1e3:.3f} ms")
        process_start(baton, empty, folder)
        one_step(baton, sync, folder)
        pure_steps(baton, folder)
        flat_steps(baton, folder)
        effects(baton, append, folder)
        programs(baton, sync, folder)
        reopening(baton, folder)
        branches(baton, folder)
        many_runs(baton, many, folder)
        weeks(baton)
        lists(baton, folder)


if __name__ == "__main__":
    main()
