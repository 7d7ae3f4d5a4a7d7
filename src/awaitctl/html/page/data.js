// SPDX-License-Identifier: MIT
// What the page is made of: the object that awaitctl has written (docs/report.md),
// with its columns as arrays. Rows of awaits and spans count from 0; references to
// them, to sites, processes and threads count from 1, and 0 is none or not known.

const ENDED = ['seen', 'lost', 'with its process', 'not when the recording ended'];
const SEEN = 0, UNSEEN = 1, BY_PROCESS = 2, BY_TRACE = 3;
const STATES = ['', 'pending', 'running', 'resolved', 'failed', 'cancelled'];
const RUNNING = 2, FAILED = 4;

// Numbers of base64 of LEB128; those of times are differences.
function decodeColumn(text, count, isTime) {
	const bytes = atob(text);
	const numbers = new Float64Array(count);
	let at = 0, sum = 0;
	for (let i = 0; i < count; i++) {
		let number = 0, factor = 1, byte;
		do {
			byte = bytes.charCodeAt(at++);
			number += (byte & 127) * factor;
			factor *= 128;
		} while (byte > 127);
		sum = isTime ? sum + number : number;
		numbers[i] = sum;
	}
	return numbers;
}

function decodeColumns(from, names) {
	const to = { count: from.count, notDrawn: from.not_drawn };
	for (const name of names)
		to[name] = decodeColumn(from[name], from.count, name === 'begin');
	to.end = to.begin.map((begin, i) => begin + to.length[i]);
	return to;
}

function decodeAwaits(from) {
	const awaits = decodeColumns(from, [
		'begin', 'length', 'slot', 'generation', 'site', 'process', 'creator',
		'waited', 'runs', 'hits', 'flags',
	]);
	awaits.created = Uint8Array.from(awaits.flags, (x) => x & 1);
	awaits.wasWaited = Uint8Array.from(awaits.flags, (x) => (x >> 1) & 1);
	awaits.ended = Uint8Array.from(awaits.flags, (x) => (x >> 2) & 3);
	awaits.state = Uint8Array.from(awaits.flags, (x) => (x >> 4) & 7);
	awaits.names = new Map(from.names.map(([row, name]) => [row - 1, name]));
	return awaits;
}

function decodeSpans(from) {
	const spans = decodeColumns(from, [
		'begin', 'length', 'await', 'within', 'thread', 'waker', 'woken',
		'error', 'attempt', 'flags',
	]);
	spans.error = spans.error.map((x) => (x % 2 ? -(x + 1) / 2 : x / 2));
	spans.sleeps = Uint8Array.from(spans.flags, (x) => x & 1);
	spans.beginKnown = Uint8Array.from(spans.flags, (x) => (x >> 1) & 1);
	spans.byStart = Uint8Array.from(spans.flags, (x) => (x >> 2) & 1);
	spans.wasWoken = Uint8Array.from(spans.flags, (x) => (x >> 3) & 1);
	spans.ended = Uint8Array.from(spans.flags, (x) => (x >> 4) & 3);
	spans.state = Uint8Array.from(spans.flags, (x) => (x >> 6) & 7);
	return spans;
}

// The rows of spans of await i are of[first[i]] to of[first[i + 1] - 1].
function spansByAwait(awaits, spans) {
	const first = new Uint32Array(awaits.count + 1);
	const of = new Uint32Array(spans.count);
	for (let i = 0; i < spans.count; i++)
		first[spans.await[i]]++;
	for (let i = 0; i < awaits.count; i++)
		first[i + 1] += first[i];
	const next = first.slice();
	for (let i = 0; i < spans.count; i++)
		of[next[spans.await[i] - 1]++] = i;
	return { first, of };
}

function readData(text) {
	const data = JSON.parse(text);
	const awaits = decodeAwaits(data.awaits);
	const spans = decodeSpans(data.spans);
	return { ...data, awaits, spans, byAwait: spansByAwait(awaits, spans) };
}
