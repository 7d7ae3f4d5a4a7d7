/* SPDX-License-Identifier: MIT */
/*
 * Comparisons that LTTng takes and no event ever passes: of a number with a
 * text. Fields that are enumerations have labels, which traces and readers
 * show: outcome = "failed". To LTTng such a field is a number. So a label is
 * replaced by its number before LTTng sees the filter, and other texts are
 * refused.
 */
#pragma once

/* Sets *replaced to the filter with numbers in place of labels, which is to be
 * freed. Returns 0; or says what is wrong and returns EXIT_FAILED: a field has
 * no such label, is compared with one otherwise than by == and !=, or is a
 * number where that is a text, or the reverse. */
int filter_labels_replace(char **replaced, const char *filter);
