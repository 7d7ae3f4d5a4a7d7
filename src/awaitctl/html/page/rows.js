// SPDX-License-Identifier: MIT
// The rows of a timeline, as { top, high, draw(painter, y), at(painter, x, y) }: by
// thread, or by await below a row for each site, which opens and shows its awaits.
// at() is what is there: { row, span, count } or { site }.

const HEAD = 20, LANE = 17, CHART = 34, ROW = 15;
const NAMES = 190; // pixels, left of the time

// What is not known on one side is drawn as a tail of this width.
const TAIL = 14;

function placeRows(rows) {
	let top = 0;
	for (const row of rows) {
		row.top = top;
		top += row.high;
	}
	return top;
}

function threadRows(timeline) {
	const { data, found } = timeline, rows = [];
	for (const thread of timeline.threads) {
		const text = threadText(data, thread.thread) + (thread.thread ||
			data.processes.length < 2 ? '' : ', ' + processText(data, thread.process));
		rows.push({ high: HEAD, draw: (painter, y) => painter.head(text, y, HEAD) });
		thread.lanes ??= lanesOf(data, thread, null);
		const of = found ? lanesOf(data, thread, found.match) : null;
		thread.lanes.forEach((lane, i) => rows.push({
			high: LANE,
			draw(painter, y) {
				painter.lane(lane, y, LANE - 2, Boolean(of));
				if (of)
					painter.lane(of[i], y, LANE - 2, false);
			},
			at: (painter, x) => painter.spanAt(lane, x),
		}));
	}
	return rows;
}

function siteRows(timeline) {
	const { data, found } = timeline, rows = [];
	for (const group of timeline.groups) {
		const shown = found ? group.rows.filter((row) => found.match[row]) : group.rows;
		if (!shown.length)
			continue;
		const counts = found ? countsOf(data.awaits, shown) :
			(group.counts ??= countsOf(data.awaits, group.rows));
		const open = timeline.open.has(group.site);
		rows.push({
			high: CHART,
			draw: (painter, y) => painter.chart(counts, group.site, y, CHART,
				[(open ? '\u25be ' : '\u25b8 ') + functionText(data, group.site),
					shortPlace(data, group.site)]),
			at: () => ({ site: group.site }),
		});
		if (open)
			rows.push(awaitRows(timeline, shown));
	}
	return rows;
}

function shortPlace(data, number) {
	const site = number ? data.sites[number - 1] : {};
	return site.file === undefined ? '' : placeText(site).split('/').pop() + ', ';
}

// Those that live in the time that is shown, as one row of rows.
function awaitRows(timeline, rows) {
	const { awaits } = timeline.data, { from, to } = timeline;
	const shown = rows.filter((row) => awaits.begin[row] <= to && awaits.end[row] >= from);
	return {
		high: shown.length * ROW,
		draw(painter, y) {
			const first = Math.max(0, Math.floor(-y / ROW));
			const last = Math.min(shown.length,
				Math.ceil((painter.height - y) / ROW));
			for (let i = first; i < last; i++)
				painter.await(shown[i], y + i * ROW, ROW - 2);
		},
		at(painter, x, y) {
			const row = shown[Math.floor(y / ROW)];
			return row === undefined ? null : painter.awaitAt(row, x);
		},
	};
}

function groupsOf(data) {
	const groups = new Map();
	for (let row = 0; row < data.awaits.count; row++) {
		const site = data.awaits.site[row];
		if (!groups.has(site))
			groups.set(site, { site, rows: [] });
		groups.get(site).rows.push(row);
	}
	return [...groups.values()].sort((a, b) => b.rows.length - a.rows.length ||
		a.site - b.site);
}
