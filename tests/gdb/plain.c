/* SPDX-License-Identifier: MIT */
/* A program without libawait. */
int main(void)
{
	return 0;
}
