#!/bin/sh
# A board of messages in a text file, one line a message: id, time, channel, text.
#
#   board.sh post -- FILE KEY CHANNEL TEXT     the same key again adds nothing
#   board.sh retract -- FILE ID
set -eu

command=$1
file=$3
mkdir -p "$(dirname "$file")"
[ -e "$file" ] || : > "$file"

# What is said to have happened outlives a loss of power.
keep() { sync "$file" 2> /dev/null || sync; }

case $command in
  post)
    id=msg_$(printf '%s' "$4" | sha256sum | cut -c 1-12)
    if ! grep -q "^$id " "$file"; then
      text=$(printf '%s' "$6" | tr '\n\r\t' '   ')
      printf '%s %s %s %s\n' "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$5" "$text" >> "$file"
      keep
    fi
    printf '{"message_id":"%s"}\n' "$id"
    ;;
  retract)
    if grep -q "^$4 " "$file"; then
      grep -v "^$4 " "$file" > "$file.new" || [ $? -eq 1 ]
      mv "$file.new" "$file"
      keep
      printf '{"retracted":true}\n'
    else
      printf '{"retracted":false}\n'
    fi
    ;;
  *)
    printf 'board.sh: there is no command %s\n' "$command" >&2
    exit 2
    ;;
esac
