#!/bin/sh
# SPDX-License-Identifier: MIT
#
# babeltrace2 2.0.4 (Debian 12), asked to read a CTF 2 trace
#
# CTF 2 came after this release, so it cannot read one, and ends with status 1.
# Its message does not say so: it names an "Invalid metadata version", whose
# numbers are nowhere in the trace and are others in each run, as nothing was
# read into them. babeltrace2 2.1 reads the same trace.
#
# Seen: version=1439177795.32651, then 2442226755.32718, then 318561347.32631.
# For us: awaitctl looks at the first bytes of the metadata itself, and says that
# this babeltrace2 is too old for CTF 2.
set -eu
version=2.0.4-1+b6
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

apt-get -qq -o APT::Sandbox::User=root download "babeltrace2=$version" "libbabeltrace2-0=$version"
for package in ./*.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find "$dir/root" -name 'libbabeltrace2.so.0')")
export LD_LIBRARY_PATH="$lib" BABELTRACE_PLUGIN_PATH="$lib/babeltrace2/plugins"
export LIBBABELTRACE2_PLUGIN_PROVIDER_DIR="$lib/babeltrace2/plugin-providers"
PATH=$dir/root/usr/bin:$PATH

# A trace of one data stream class, without streams.
mkdir trace
for fragment in '"preamble","version":2' '"trace-class"' '"data-stream-class"'; do
	printf '\036{"type":%s}\n' "$fragment"
done >trace/metadata

babeltrace2 --version | head -n 1
said=
for run in 1 2 3; do
	status=0
	babeltrace2 trace >"out$run" 2>&1 || status=$?
	[ "$status" = 1 ] || {
		echo "changed: status $status"
		exit 1
	}
	number=$(sed -n 's/.*Invalid metadata version .*: version=\([0-9.]*\),.*/\1/p' \
		"out$run")
	[ -n "$number" ] || {
		echo "changed: no invalid version is named:"
		cat "out$run"
		exit 1
	}
	echo "run $run: version $number"
	said="$said $number"
done
# shellcheck disable=SC2086 # words
set -- $said
if [ "$1" = "$2" ] && [ "$2" = "$3" ]; then
	echo "changed: the same version each time"
	exit 1
fi
echo "as described"
