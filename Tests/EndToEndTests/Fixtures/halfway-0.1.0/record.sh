#!/bin/sh
# Records the runs of this folder anew, for another release: `record.sh BATON FOLDER`, FOLDER being empty.
set -eu
baton=$1
here=$(cd "$(dirname "$0")" && pwd)
cp "$here/baton.yaml" "$here/inner.yaml" "$here/halfway.yaml" "$2"
cd "$2"
HOME=$PWD
export HOME

start() { "$baton" run halfway.yaml -i where="$1" -i token=hunter2-secret --no-input > shown 2>&1 || true; id "$1"; }
id() { "$baton" list where="$1" --quiet; }
go() { "$baton" "$@" --no-input > shown 2>&1 || true; }

run=$(start approval)
BATON_TOKEN=$("$baton" people token ana --quiet) go approve "$run" agreed
run=$(start doubt)
go resume "$run"
run=$(start loop)
go answer "$run" 'each[0]/count' n=1
run=$(start called)
go answer "$run" 'inside/rounds[0]/more' n=1
start recovery
run=$(start back)
go undo "$run" --yes --reason "ordered by mistake"
run=$(start moved)
go answer "$run" left n=1
sed -e 's/version: 1.0.0/version: 2.0.0/' -e 's/message: Right?/message: Right or wrong?/' "$here/halfway.yaml" > halfway.yaml
go migrate "$run" --to halfway.yaml --decide right=keep --reason "a new rule"
cp "$here/halfway.yaml" halfway.yaml
# The last one: its process is killed in the middle, and nobody has gone on with it.
start killed
rm -f killed shown
mv .baton dot-baton
rm -f dot-baton/tokens.* halfway.yaml inner.yaml
find dot-baton -name lock -o -name '*.lock' | xargs rm -f
"$baton" version
