#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# gdb.sh BUILD: gdb.py on a process with a million awaits, and on its core file.
set -euo pipefail
app=$1/tests/gdb/app
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

look() {
	timeout 120 gdb -nx -q -batch -iex "set debuginfod enabled off" \
		-iex "add-auto-load-safe-path $PWD/$1" \
		-ex "set may-call-functions off" "${@:2}" 2>&1 |
		sed -n '/^reading/,$p'
}

printf '\n%-24s %9s %9s   ms\n' "gdb, 1000000 awaits" "live" "beyond"
look "$1" -ex "break checkpoint" -ex run -ex "source tests/bench/gdb.py" \
	-ex "generate-core-file $folder/core" \
	--args "$app" 1000000 | sed '/^\(Saved\|warning\|\[Inf\)/d'
printf '%-24s %9s %9s   ms\n' "gdb, 1000000 awaits" "core" "beyond"
look "$1" -ex "source tests/bench/gdb.py" "$app" "$folder/core"
