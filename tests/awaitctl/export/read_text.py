# SPDX-License-Identifier: MIT
"""Reads the exports that are text: folded stacks as flamegraph.pl splits them, a graph
of Graphviz by the grammar of its language as far as it is used, and a table by RFC 4180
(csv in Python)."""

from __future__ import annotations

import csv
import io
import re
import typing

HEAD = (
    "id,name,pid,host,process,function,type,file,line,created_ns,first_wait_ns,"
    "first_run_began_ns,first_run_ended_ns,outcome,error,runs,hits,waits,blocked_ns,"
    "ended_ns,ended_by,time_0"
).split(",")
NODE = re.compile(r'\tn(\d+) \[label="((?:[^"\\]|\\.)*)"((?:, \w+=\w+)*)\];')
EDGE = re.compile(r'\tn(\d+) -> n(\d+) \[label="((?:[^"\\]|\\.)*)"((?:, \w+=\w+)*)\];')


def folded(text: str) -> dict[tuple[str, ...], int]:
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(.*)\s+(\d+)", line)
        assert match, line
        chain = tuple(match[1].split(";"))
        assert chain not in found, "each chain once"
        found[chain] = int(match[2])
    return found


def table(text: str) -> list[dict[str, str]]:
    assert text.endswith("\r\n")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = list(reader)
    assert reader.fieldnames == HEAD
    for row in rows:
        assert None not in row and None not in row.values(), "as many as in the head"
    return rows


class Graph(typing.NamedTuple):
    nodes: dict[int, tuple[list[str], str]]  # lines of the label, attributes
    edges: list[tuple[int, int, list[str], str]]


def dot(text: str) -> Graph:
    lines = text.splitlines()
    assert lines[:3] == ["digraph awaits {", "\trankdir=LR;", "\tnode [shape=box];"]
    assert lines[-1] == "}"
    nodes, edges = {}, []
    for line in lines[3:-1]:
        node, edge = NODE.fullmatch(line), EDGE.fullmatch(line)
        if node:
            nodes[int(node[1])] = label(node[2]), node[3]
        else:
            assert edge, line
            assert int(edge[1]) in nodes and int(edge[2]) in nodes
            edges.append((int(edge[1]), int(edge[2]), label(edge[3]), edge[4]))
    return Graph(nodes, edges)


def label(text: str) -> list[str]:
    lines = [""]
    for part in re.findall(r"\\.|[^\\]", text):
        if part == "\\n":
            lines.append("")
        else:
            lines[-1] += part[-1]
    return lines
