"""Files made to be slow or large in memory: each shape at two sizes, the second ten times the first.

    python3 Benchmarks/validate/shapes.py path/to/baton

Prints processor time and peak memory, and how many times more the larger file takes: about ten, where
nothing grows faster than the file. Exits with 1 where a shape takes more than twenty times as much.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
baton = str(pathlib.Path(sys.argv[1]).resolve())
HEAD = "baton: 1\nid: large\nname: A large procedure\n"
NUMBER = "inputs: { a: integer }\n"


def rows(count, line, start=0):
    return "".join(line.replace("#-", str(i - 1)).replace("#", str(i)) for i in range(start, count))


def steps(count, line, start=0):
    return "steps:\n" + rows(count, line, start)


SET = '- { id: s#, set: { x: "${{ # + 1 }}" } }\n'
CASE = "      - { when: inputs.a == #, steps: [{ id: s#, set: { x: # } }] }\n"
SHAPES = {
    "one list in `parallel`": lambda n: "steps:\n  - id: all\n    parallel:\n" + rows(n, "      " + SET),
    "inputs": lambda n: "inputs:\n" + rows(n, "  in#: { type: string, optional: true }\n")
    + steps(n, "  - { id: s#, set: { x: \"${{ inputs.?in#.orValue('a') }}\" } }\n"),
    "a long sum": lambda n: "inputs: { a: number }\n"
    + 'steps: [{ id: a, set: { x: "${{ ' + " + ".join(["inputs.a"] * n) + ' }}" } }]\n',
    "errors": lambda n: steps(n, '  - { id: s#, set: { x: "${{ inputs.nope# }}" } }\n'),
    "errors in one text": lambda n: "steps:\n  - id: a\n    set:\n      x: |\n"
    + rows(n, "        line ${{ inputs.nope# }}\n"),
    "unknown keys": lambda n: steps(n, "  - { id: s#, sett#: { x: 1 } }\n"),
    "one id": lambda n: steps(n, "  - { id: s, set: { x: 1 } }\n"),
    "warnings, allowed": lambda n: steps(
        n, "  - { id: w#, ask: { message: Go, items: { i: Done } }, allow: { B1502: no hurry } }\n"),
    "odd scalars": lambda n: steps(n, "  - { id: s#, set: { x: no, y: 012 } }\n"),
    "a long text": lambda n: "description: |\n" + rows(20 * n, "  a line of text #\n")
    + "steps: [{ id: a, set: { x: 1 } }]\n",
    "cases": lambda n: NUMBER + "steps:\n  - id: c\n    choose:\n" + rows(n, CASE),
    "cases, read behind": lambda n: NUMBER + "steps:\n  - id: c\n    choose:\n" + rows(n, CASE)
    + rows(n, '  - { id: r#, if: inputs.a == #, set: { y: "${{ steps.s#.outputs.x }}" } }\n'),
    "jumps": lambda n: NUMBER + steps(
        n, "  - { id: g#, if: inputs.a == #, go_to: last }\n"
        '  - { id: u#, set: { x: "${{ inputs.a }}" } }\n') + "  - { id: last, set: { x: 1 } }\n",
    "jumps to nowhere": lambda n: steps(n, "  - { id: g#, go_to: nowhere# }\n"),
    "conditions on what is before": lambda n: NUMBER + "steps:\n  - { id: s0, set: { x: 1 } }\n" + rows(
        n, "  - { id: s#, if: steps.s#-.status == 'succeeded', "
        'set: { x: "${{ steps.s#-.outputs.x + 1 }}" } }\n', 1),
    "conditions on what is before, doubtful": lambda n: NUMBER + "steps:\n  - { id: s0, set: { x: 1 } }\n"
    + rows(n, "  - { id: s#, if: steps.s#-.outputs.x > #, "
           'set: { x: "${{ steps.s#-.outputs.x + 1 }}" } }\n', 1),
    "types from behind": lambda n: steps(n, '  - { id: s#, set: { x: "${{ steps.s1#.outputs.?x }}" } }\n'),
    "roles": lambda n: "roles:\n" + rows(n, "  r#: { name: Role # }\n")
    + steps(n, "  - { id: w#, role: r#, ask: { message: Go, items: { i: Done } } }\n"),
    "fields": lambda n: "steps:\n  - id: w\n    ask:\n      message: Do\n      fields:\n"
    + rows(n, "        f#: string\n") + "  - id: b\n    set:\n"
    + rows(n, "      f#: ${{ steps.w.outputs.f# }}\n"),
    "keys that stand twice": lambda n: "steps:\n  - id: a\n    set:\n" + rows(n, "      k#: 1\n      k#: 2\n"),
}


def once(file, folder):
    """Milliseconds of processor time."""
    process = subprocess.Popen(
        ["timeout", "300", baton, "validate", file.name], cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise SystemExit(f"{file.name} gave {status}")
    return (usage.ru_utime + usage.ru_stime) * 1e3


def memory(peak, file, folder):
    """The most memory in bytes that checking a file takes."""
    arguments = [peak, baton, "validate", file.name]
    return int(subprocess.run(arguments, cwd=folder, capture_output=True).stdout) * 1024


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    empty = folder / "empty.yaml"
    empty.write_text(HEAD + "steps: [{ id: a, set: { x: 1 } }]\n")
    program = folder / "peak"
    subprocess.run(["cc", "-O2", "-o", program, here / "peak.c"], check=True)
    bare = min(once(empty, folder) for _ in range(9))
    print("| shape | file | time | times more | peak memory | to the file |")
    print("| --- | --- | --- | --- | --- | --- |")
    worst = 0
    for name, shape in SHAPES.items():
        times = []
        for count in (1_000, 10_000):
            file = folder / "shape.yaml"
            file.write_text(HEAD + shape(count))
            times.append(max(0.1, min(once(file, folder) for _ in range(3)) - bare))
        size, peak = file.stat().st_size, memory(program, file, folder)
        worst = max(worst, times[1] / times[0])
        print(
            f"| {name} | {size / 1e6:.2f} MB | {times[1]:.0f} ms | {times[1] / times[0]:.1f} "
            f"| {peak / 1e6:.0f} MB | {peak / size:.0f} |", flush=True)
    if worst > 20:
        raise SystemExit(1)
