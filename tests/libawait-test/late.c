/* SPDX-License-Identifier: MIT */
/* What testing-session-names loads: built without debug information. */
int late(int x);

int late(int x)
{
	return x + 1;
}
