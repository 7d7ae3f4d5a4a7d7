// SPDX-License-Identifier: MIT
// The tables of a report: their columns, and sorting. What is not known is null: it
// is shown as ?, and is sorted to the end.

const TABLES = {
	function: { rows: 'functions', keys: ['function', 'type'] },
	site: { rows: 'sites', keys: ['function', 'place', 'type'] },
	process: { rows: 'processes', keys: ['name', 'pid', 'host', 'end'] },
	thread: { rows: 'threads', keys: ['thread', 'pid', 'host'] },
};
const COUNTS = ['created', 'runs', 'failed', 'running', 'cut_short', 'hits', 'waits',
	'never_waited', 'failed_unseen', 'promises_dropped', 'cycles', 'asleep',
	'most_runs', 'waits_timed_out', 'waits_refused', 'waits_failed',
	'waits_cancelled'];
const TIMES = ['run_time', 'blocked_time', 'slack'];
const PARTS = ['count', 'total_ns', 'min_ns', 'average_ns', 'p50_ns', 'p90_ns',
	'p99_ns', 'max_ns'];

function keyOf(row, key) {
	if (key === 'place')
		return placeText(row);
	if (key === 'end')
		return row.ended ? 'seen' : 'not seen';
	return typeof row[key] === 'number' ? row[key] : foreign(row[key]);
}

// { name, head, group, value(row), isTime }
function columnsOf(by) {
	const columns = TABLES[by].keys.map((key) =>
		({ name: key, head: key, group: '', value: (row) => keyOf(row, key) }));
	for (const name of COUNTS)
		columns.push({ name, head: name.replaceAll('_', ' '), group: 'awaits',
			isNumber: true, value: (row) => row[name] ?? null });
	for (const time of TIMES)
		for (const part of PARTS)
			columns.push({ name: time + '.' + part, head: part.replace('_ns', ''),
				group: time.replace('_', ' '), isNumber: true,
				isTime: part !== 'count',
				value: (row) => row[time] ? row[time][part] : null });
	return columns;
}

// A row has no times if there were none, or if they are not known: then the filter
// of the recording hides them.
function cellText(data, column, row) {
	const value = column.value(row);
	if (value === null && column.group.match(/time|slack/)) {
		const hidden = column.group === 'run time' ? data.ends_unknown :
			data.waits_unknown;
		return hidden ? '?' : '';
	}
	if (!column.isNumber)
		return String(value);
	return column.isTime ? duration(value) : numberText(value);
}

function sortedRows(rows, column, down) {
	const order = (a, b) => typeof a === 'number' && typeof b === 'number' ?
		a - b : String(a).localeCompare(String(b), 'en');
	return rows.map((row, i) => ({ row, i, value: column.value(row) }))
		.sort((a, b) => {
			if (a.value === null || b.value === null)
				return (a.value === null) - (b.value === null) || a.i - b.i;
			return (down ? -1 : 1) * order(a.value, b.value) || a.i - b.i;
		}).map((x) => x.row);
}
