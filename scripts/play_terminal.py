#!/usr/bin/env python3
"""Runs a program on a terminal of its own and answers what it asks.

    play_terminal.py ANSWERS PROGRAM [ARGUMENT…]

ANSWERS is a JSON list of texts. Each is typed when the program has asked, that is, when it waits
with a prompt (`: ` at the end of what it wrote); `\\r` is the return key, `\\u0003` Ctrl-C, `\\u0004`
Ctrl-D. An answer that is not typed at a prompt is a map: `after` is what the program has to write
before, `type` what is typed then, `shell` a command that is carried out before that; with `hangup`
the terminal goes away. Prints what stood on the terminal, and ends as the program does.
"""

import json
import os
import pty
import re
import select
import subprocess
import sys

SECONDS = 300


def read(terminal):
    ready, _, _ = select.select([terminal], [], [], SECONDS)
    if not ready:
        sys.exit(f"nothing came for {SECONDS} s")
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def is_due(answer, output):
    shown = re.sub(rb"\x1b\[[0-9;]*m", b"", output)
    if isinstance(answer, str):
        return shown.endswith(b": ")
    return answer["after"].encode() in shown


def give(answer, terminal):
    if isinstance(answer, dict) and "shell" in answer:
        subprocess.run(answer["shell"], shell=True, check=True, stdout=subprocess.DEVNULL)
    typed = answer if isinstance(answer, str) else answer.get("type", "")
    os.write(terminal, typed.encode())


def main():
    answers = json.loads(sys.argv[1])
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        os.execv(sys.argv[2], sys.argv[2:])
    everything, new = b"", b""
    while True:
        chunk = read(terminal)
        if not chunk:
            break
        everything += chunk
        new += chunk
        if answers and is_due(answers[0], new):
            answer = answers.pop(0)
            if isinstance(answer, dict) and answer.get("hangup"):
                os.close(terminal)
                break
            give(answer, terminal)
            new = b""
    _, status = os.waitpid(process, 0)
    sys.stdout.buffer.write(everything)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
