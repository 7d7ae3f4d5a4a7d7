#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# gdb.sh BUILD: gdb.py on a process with a million awaits, and on its core file;
# then for how long another such process stands still while gdb attaches, lists
# what failed, and detaches.
#
# gdb finds bytecode of all its scripts, as it does in an installed system: libawait
# installs its own, Debian that of gdb and Python. Here the first run writes all of
# it into a folder of its own.
set -euo pipefail
app=$1/tests/gdb/app
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$folder/bytecode

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

# The largest gap that the process noticed while a command ran, if any.
stopped() {
	local gap
	echo >&"$to"
	read -r gap <&"$from"
	"$@" >"$folder/said" 2>&1 || cat "$folder/said" >&2
	echo >&"$to"
	read -r gap <&"$from"
	echo "$gap"
}

attach() {
	timeout 60 gdb -nx -q -batch -iex "set debuginfod enabled off" \
		-iex "add-auto-load-safe-path $PWD/$build" "$@"
}

# median NAME COMMAND...: of nine
median() {
	local gap name=$1
	shift
	gap=$(for _ in 1 2 3 4 5 6 7 8 9; do stopped "$@"; done | sort -n | tr '\n' ' ')
	# shellcheck disable=SC2086 # a list of numbers
	set -- $gap
	printf '%-40s %9s %9s %9s\n' "$name" "$1" "$5" "$9"
}

build=$1
gap=$1/tests/gdb/gap
coproc process { exec "$gap" 1000000; }
pid=$process_PID
# A coprocess's own descriptors are not there in subshells.
exec {to}>&"${process[1]}" {from}<&"${process[0]}"
read -r _ <&"$from"
list="info awaits -state failed"
printf '\n%-40s %9s %9s %9s   ms (aim: at most 250)\n' \
	"process stands still, 1000000 awaits" least median most
median "without gdb" sleep 0.3
median "gdb alone, without libawait's scripts" attach -iex "set auto-load no" \
	-p "$pid"
median "20 that failed, -p PID" attach -p "$pid" -ex "$list"
median "the same, scripts sourced before" attach \
	-iex "source $(echo "$build"/src/libawait/libawait.so.*-gdb.py)" -p "$pid" -ex "$list"
grep -q "1000000 awaits: 990000 pending, 10000 failed" "$folder/said" ||
	echo "gdb did not list them: $(head -n 3 "$folder/said")"
