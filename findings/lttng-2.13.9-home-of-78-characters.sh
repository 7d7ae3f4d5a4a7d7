#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lttng-tools 2.13.9 (Debian 12), with a home of 78 characters
#
# Below LTTNG_HOME (or HOME) lie sockets of the session daemon and its consumer
# daemon, and the path of a socket has at most 108 characters. With 77 characters
# all works. With 79 the session daemon does not start, without a word, and lttng
# says that the path of its socket is too long. With 78 that one fits and the longer
# one of the consumer daemon does not: the session daemon starts and makes sessions,
# but no event can be enabled, and nothing tells of a path. root, whose sockets are
# elsewhere, is not concerned.
#
# Seen: with 78 "64-bit UST consumer start failed", and status 68; with 79 status 1, and
# "is longer than the platform's limit" of `lttng list`.
# For us: awaitctl doctor looks at the length of that home.
set -eu
version=2.13.9-1+deb12u1
dir=$(mktemp -d)
daemon=
trap 'end_daemon; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .

apt-get -qq -o APT::Sandbox::User=root download \
	"lttng-tools=$version" "liblttng-ctl0=$version" \
	liblttng-ust-ctl5=2.13.5-1 liblttng-ust-common1=2.13.5-1
for package in ./*.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find "$dir/root" -name liblttng-ctl.so.0)")
consumer=$(find "$dir/root" -name lttng-consumerd)

as_user() { # as somebody who is not root
	[ "$(id -u)" != 0 ] || set -- setpriv --reuid=65534 --regid=65534 \
		--clear-groups "$@"
	env LD_LIBRARY_PATH="$lib" LTTNG_HOME="$home" \
		LTTNG_CONSUMERD64_BIN="$consumer" PATH="$dir/root/usr/bin:$PATH" \
		timeout 60 "$@"
}

end_daemon() {
	[ -z "$daemon" ] || kill "$daemon"
	daemon=
}

expect() { # STATUS TEXT COMMAND...: the command ends so, and says that
	expected=$1 text=$2
	shift 2
	status=0
	as_user "$@" >said 2>&1 || status=$?
	case $status:$(cat said) in
	"$expected":*"$text"*) return ;;
	esac
	echo "changed, with ${#home} characters: $*: status $status:"
	cat said
	exit 1
}

start_daemon() {
	expect 0 '' lttng-sessiond --daemonize --no-kernel
	daemon=$(cat "$home/.lttng/lttng-sessiond.pid")
}

make_home() { # LENGTH
	home=$dir/$(printf 'h%.0s' $(seq "$(($1 - ${#dir} - 1))"))
	mkdir "$home"
	chmod 777 "$home"
}

home=$dir
as_user lttng --version
for length in 77 78; do
	make_home $length
	start_daemon
	expect 0 created lttng create --output="$home/trace" session
	if [ $length = 77 ]; then
		expect 0 created lttng enable-event -u 'event:*'
	else
		expect 68 '64-bit UST consumer start failed' \
			lttng enable-event -u 'event:*'
	fi
	expect 0 destroyed lttng destroy session
	end_daemon
	echo "$length: as described"
done
make_home 79
expect 1 '' lttng-sessiond --daemonize --no-kernel
expect 1 "is longer than the platform's limit" lttng list
echo "79: as described"
