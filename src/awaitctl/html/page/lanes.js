// SPDX-License-Identifier: MIT
// Lanes: spans in a row that do not overlap, in the order of time, and drawing them
// at any scale in time that depends on the width of the screen, not on how many
// there are. Where several fall into one pixel they are drawn as one, as dark as
// much of its time they take.

// The first i for which is(i) holds, of those from low to high, as it holds for all
// after; high if for none.
function firstWhere(low, high, is) {
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (is(middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

function makeLane(rows, begin, end) {
	const lane = {
		rows: Uint32Array.from(rows),
		begin: new Float64Array(rows.length),
		end: new Float64Array(rows.length),
		busy: new Float64Array(rows.length + 1), // of all before
	};
	rows.forEach((row, i) => {
		lane.begin[i] = begin[row];
		lane.end[i] = end[row];
		lane.busy[i + 1] = lane.busy[i] + end[row] - begin[row];
	});
	return lane;
}

// How long, up to a time, its spans took.
function busyUntil(lane, time) {
	const count = lane.rows.length;
	const i = firstWhere(0, count, (k) => lane.end[k] > time);
	const part = i < count ? Math.max(0, time - lane.begin[i]) : 0;
	return lane.busy[i] + part;
}

// Calls draw(x, width, row, share, count), from left to right: of one span that is as
// wide as a pixel or more share is 1; where count are narrower, row is the first and
// share what they take of that pixel.
function drawLane(lane, from, to, width, draw) {
	const count = lane.rows.length, scale = width / (to - from);
	const time = (x) => from + x / scale;
	let i = firstWhere(0, count, (k) => lane.end[k] >= from), drawn = 0;
	while (i < count && lane.begin[i] <= to && drawn < width) {
		const x = Math.max(drawn, (lane.begin[i] - from) * scale);
		const right = Math.min(width, (lane.end[i] - from) * scale);
		if (right - x >= 1) {
			draw(x, right - x, lane.rows[i], 1, 1);
			drawn = right;
			i++;
			continue;
		}
		const pixel = Math.min(Math.floor(x), Math.ceil(width) - 1);
		const left = Math.max(drawn, pixel), limit = time(pixel + 1);
		const next = firstWhere(i, count, (k) => lane.end[k] > limit);
		const began = firstWhere(i, count, (k) => lane.begin[k] >= limit);
		drawn = pixel + 1;
		draw(left, drawn - left, lane.rows[i],
			(busyUntil(lane, limit) - busyUntil(lane, time(left))) * scale /
				(drawn - left), Math.max(next, began) - i);
		i = next;
	}
}

// At what depth each span is drawn: above all that is under way when it begins.
// rows are in the order of time.
function depthsOf(rows, begin, end) {
	const depths = new Uint16Array(rows.length), until = [];
	rows.forEach((row, i) => {
		while (until.length && until[until.length - 1] <= begin[row])
			until.pop();
		depths[i] = Math.min(until.length, 65535);
		until[depths[i]] = end[row];
	});
	return depths;
}

// The threads, with the rows of their spans and the depths of these. Spans of
// threads that are not known are by process.
function threadsOf(data) {
	const { spans, awaits } = data, found = new Map();
	for (let i = 0; i < spans.count; i++) {
		const thread = spans.thread[i];
		const process = thread ? data.threads[thread - 1].process :
			awaits.process[spans.await[i] - 1];
		const key = thread ? thread : -process;
		if (!found.has(key))
			found.set(key, { thread, process, rows: [] });
		found.get(key).rows.push(i);
	}
	const threads = [...found.values()];
	for (const one of threads) {
		one.depths = depthsOf(one.rows, spans.begin, spans.end);
		one.deep = one.depths.reduce((most, x) => Math.max(most, x), 0) + 1;
	}
	const number = (x) => x.thread ? data.threads[x.thread - 1].thread : Infinity;
	return threads.sort((a, b) => a.process - b.process || number(a) - number(b));
}

// A thread's lanes of spans whose awaits match; match: null for all.
function lanesOf(data, thread, match) {
	const rows = Array.from({ length: thread.deep }, () => []);
	thread.rows.forEach((row, i) => {
		if (!match || match[data.spans.await[row] - 1])
			rows[thread.depths[i]].push(row);
	});
	return rows.map((one) => makeLane(one, data.spans.begin, data.spans.end));
}

// How many of some awaits there are: the times when one begins or ends, how many
// there are from then on, and above that, again and again, the larger one of two.
// One that begins when another one ends is there with it.
function countsOf(awaits, rows) {
	const begin = Float64Array.from(rows, (row) => awaits.begin[row]).sort();
	const end = Float64Array.from(rows, (row) => awaits.end[row]).sort();
	const times = new Float64Array(2 * rows.length);
	let most = new Uint32Array(2 * rows.length);
	for (let i = 0, begun = 0; i < times.length; i++) {
		const begins = begun < begin.length && begin[begun] <= end[i - begun];
		times[i] = begins ? begin[begun++] : end[i - begun];
		most[i] = 2 * begun - i - 1;
	}
	const levels = [most];
	while (most.length > 1) {
		const below = most;
		most = new Uint32Array(Math.ceil(below.length / 2));
		most.forEach((_, i) => (most[i] =
			Math.max(below[2 * i], below[2 * i + 1] ?? 0)));
		levels.push(most);
	}
	return { times, levels };
}

// The most that there are at a time, from one to another.
function mostBetween(counts, from, to) {
	const { times, levels } = counts, count = times.length;
	let low = firstWhere(0, count, (k) => times[k] > from);
	let high = firstWhere(low, count, (k) => times[k] > to);
	let most = low ? levels[0][low - 1] : 0;
	for (let level = 0; low < high; level++, low >>= 1, high >>= 1) {
		if (low & 1)
			most = Math.max(most, levels[level][low++]);
		if (high & 1)
			most = Math.max(most, levels[level][--high]);
	}
	return most;
}

// Steps of 1, 2 or 5 times a power of ten, so many that texts fit between them.
function stepOf(length, most) {
	const least = length / Math.max(1, most);
	const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
	return [1, 2, 5, 10].map((x) => x * power).find((x) => x >= least) ?? 1;
}
