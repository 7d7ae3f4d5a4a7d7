#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Meson 1.0.1 (Debian 12), installing a project with an install script
#
# What the script prints is shown neither on standard output nor on standard
# error, and is not in Meson's log of the installation; only the command that is
# run is named. `meson install` succeeds. A script that has something to say to
# whoever installs cannot say it this way.
#
# Seen: "Running custom install script", and nothing of the script's two lines.
# For us: left_to_do.py, which ends `meson install`, prints to the terminal of
# Meson's parent process.
set -eu
version=1.0.1-5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

apt-get -qq -o APT::Sandbox::User=root download "meson=$version"
dpkg -x ./*.deb root
meson() {
	PYTHONPATH=$dir/root/usr/lib/python3/dist-packages \
		python3 "$dir/root/usr/bin/meson" "$@"
}

cat >meson.build <<'TEXT'
project('prints', meson_version : '>= 1.0.0')
meson.add_install_script('sh', '-c', 'echo one "line"; echo another "line" >&2')
TEXT
meson --version
meson setup build >/dev/null
meson install -C build --destdir "$dir/there" >out 2>&1
cat build/meson-logs/install-log.txt >>out
grep -q 'Running custom install script' out || {
	echo "changed: the script is not named:"
	cat out
	exit 1
}
if grep -q -e 'one line' -e 'another line' out; then
	echo "changed: what the script prints is shown:"
	cat out
	exit 1
fi
echo "as described"
