#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# tracing.sh BUILD: what tracing costs, side by side; inside tests/private-lttng.
# A session that overwrites its buffers: nothing waits for the disk.
set -euo pipefail
bench=$1/tests/bench/bench-tracing
tracer=$1/trace/libawait-trace.so
session=bench-$$

line() {
	local name=$1
	shift
	printf '%-28s' "$name"
	"$@"
}

record() {
	lttng create "$session" --snapshot --output=/tmp/"$session" >/dev/null
	lttng enable-channel -u -s "$session" c --overwrite \
		--subbuf-size=1M --num-subbuf=4 >/dev/null
	for event in "$@"; do
		lttng enable-event -u -s "$session" -c c "$event" >/dev/null
	done
	lttng start "$session" >/dev/null
}

finish() {
	lttng destroy "$session" >/dev/null
	rm -rf /tmp/"$session"
}

printf '\n%-28s %12s %12s %12s %12s   ns\n' "tracing" "create" "first wait" \
	"hit" "drop"
line "no tracer" "$bench"
line "tracer, no session" env LIBAWAIT_TRACE="$tracer" "$bench"
record await:create await:exec_begin await:exec_end await:hit await:destroy \
	'await_bare:*'
line "session" env LIBAWAIT_TRACE="$tracer" "$bench"
line "bare tracepoints, session" "$bench" bare
finish
record 'await:*'
line "session, with all stacks" env LIBAWAIT_TRACE="$tracer" "$bench"
finish
