#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The address sanitizer of gcc 12.2.0 (Debian 12), and a library that loads
# another one by dlopen()
#
# The loader looks along the RUNPATH of the file that calls dlopen(). With
# -fsanitize=address that is the sanitizer's own library, whose dlopen() stands in
# for libc's. So a library that is found beside the one which asks for it is not
# found in a program that is built so.
#
# Seen: "found" without, and with the sanitizer "libinner.so: cannot open shared
# object file: No such file or directory". gcc's thread sanitizer does the same,
# and so do clang 14's for addresses, threads and memory.
# For us: beside_open() in src/common looks beside itself when the loader has
# found nothing.
set -eu
version=12.2.0-14+deb12u1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

apt-get -qq -o APT::Sandbox::User=root download "libasan8=$version"
dpkg -x ./*.deb root
runtime=$(dirname "$(find "$dir/root" -name libasan.so.8)")

cat >outer.c <<'TEXT'
#include <dlfcn.h>
#include <stdio.h>

int outer(void)
{
	void *inner = dlopen("libinner.so", RTLD_NOW);

	puts(inner ? "found" : dlerror());
	return 0;
}
TEXT
echo 'int inner;' >inner.c
echo 'int outer(void); int main(void) { return outer(); }' >main.c
mkdir beside
gcc -shared -fPIC -o beside/libinner.so inner.c
# shellcheck disable=SC2016 # the loader's
gcc -shared -fPIC -Wl,-rpath,'$ORIGIN' -o beside/libouter.so outer.c

for how in '' -fsanitize=address; do
	# shellcheck disable=SC2086 # nothing is no argument
	gcc $how -o "main$how" main.c -Lbeside -louter -Wl,-rpath,"$dir/beside"
	said=$(LD_LIBRARY_PATH=$runtime "./main$how")
	echo "${how:-without}: $said"
	case $how:$said in
	:found | -fsanitize=address:*"libinner.so: cannot open shared object file"*) ;;
	*)
		echo "changed"
		exit 1
		;;
	esac
done
echo "as described"
