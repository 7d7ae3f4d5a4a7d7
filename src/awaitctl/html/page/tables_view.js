// SPDX-License-Identifier: MIT
// Tables of the report, which sort by a click on a head.

// As many rows as a browser lays out at once.
const ROWS_MOST = 1000;

function cell(text, isNumber) {
	return element('td', { textContent: text, className: isNumber ? 'number' : '' });
}

class TablesView {
	constructor(data, chosen) {
		Object.assign(this, { data, chosen, by: 'function', query: '' });
		this.sort = { name: 'run_time.total_ns', down: true };
		byId('by').replaceChildren(...Object.keys(TABLES).map((by) => {
			const button = element('button', { type: 'button', textContent: 'by ' + by });
			button.dataset.by = by;
			button.addEventListener('click', () => {
				this.by = by;
				this.draw();
			});
			return button;
		}));
	}

	rows() {
		const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
		const { keys, rows } = TABLES[this.by];
		return this.data.report[rows].filter((row) => {
			const text = keys.map((key) => keyOf(row, key)).join(' ').toLowerCase();
			return words.every((word) => text.includes(word));
		});
	}

	head(column) {
		const sorts = this.sort.name === column.name;
		const button = element('button', { type: 'button', textContent: column.head +
			(sorts ? this.sort.down ? ' \u25bc' : ' \u25b2' : '') });
		button.addEventListener('click', () => {
			this.sort = { name: column.name,
				down: sorts ? !this.sort.down : Boolean(column.isNumber) };
			this.draw();
		});
		const head = element('th', {}, button);
		head.setAttribute('aria-sort', !sorts ? 'none' :
			this.sort.down ? 'descending' : 'ascending');
		head.dataset.column = column.name;
		return head;
	}

	groups(columns) {
		const row = element('tr', { className: 'groups' });
		for (const { group } of columns) {
			const last = row.lastChild;
			if (last && last.textContent === group)
				last.colSpan++;
			else
				row.append(element('th', { textContent: group }));
		}
		return row;
	}

	row(columns, row) {
		const cells = columns.map((column) =>
			cell(cellText(this.data, column, row), column.isNumber));
		if (row.function !== undefined) {
			const text = foreign(row.function);
			const button = element('button', { type: 'button', textContent: text });
			button.addEventListener('click', () => this.chosen(text));
			cells[0].replaceChildren(button);
		}
		return element('tr', {}, ...cells);
	}

	draw() {
		for (const button of byId('by').children)
			button.setAttribute('aria-pressed', button.dataset.by === this.by);
		const columns = columnsOf(this.by);
		const sort = columns.find((x) => x.name === this.sort.name) ?? columns[0];
		const rows = sortedRows(this.rows(), sort, this.sort.down);
		const table = element('table', {}, element('thead', {}, this.groups(columns),
			element('tr', { className: 'heads' }, ...columns.map((x) => this.head(x)))),
		element('tbody', {},
			...rows.slice(0, ROWS_MOST).map((row) => this.row(columns, row))));
		const more = rows.length - ROWS_MOST;
		byId('table-room').replaceChildren(table, ...(more > 0 ? [element('p', {
			className: 'doubt', textContent: `${numberText(more)} more rows are not ` +
				'shown: sort, or search for them.' })] : []));
	}
}

// A table that stays as it is: heads, and rows of texts.
function plainTable(title, heads, rows) {
	return [element('h2', { textContent: title }), element('div', { className: 'wide' },
		element('table', {},
			element('thead', {}, element('tr', {},
				...heads.map((text) => element('th', { textContent: text })))),
			element('tbody', {}, ...rows.map((row) => element('tr', {},
				...row.map((text) => element('td',
					{ textContent: text, className: 'text' })))))))];
}

// The stacks of those that have any, as report --stacks prints them.
function stackTexts(title, list) {
	const frame = (x) => '    ' + foreign(x.function ?? '?') + (x.source === undefined ?
		'' : ' at ' + foreign(x.source) + ':' + x.line) +
		(x.inlined ? ' (inlined)' : '') + (x.file === undefined ? '' :
		' in ' + foreign(x.file));
	const lines = list.filter((x) => x.stacks).flatMap((x) =>
		[foreign(x.id) + ' ' + foreign(x.function ?? '(unknown)'),
			...Object.entries(x.stacks).flatMap(([which, one]) =>
				['  ' + which.replaceAll('_', ' '), ...one.stack.map(frame),
					...(one.truncated ? ['    ...'] : [])])]);
	return lines.length ? [element('h2', { textContent: title }),
		element('pre', { textContent: lines.join('\n') })] : [];
}

// What the last event of a process had to wait for.
function criticalTable(data) {
	const path = data.report.critical_path;
	const cut = path.cut_ns ? [element('p', { textContent:
		`It is cut: what led to the first event of thread ${path.from_thread}, ${
			duration(path.cut_ns)} after that of the process, is not recorded.` })] : [];
	const [title, table] = plainTable(`Critical path of ${foreign(path.name ?? '?')} (${
		path.pid}): ${duration(path.ns)} up to the last event of thread ${
		path.to_thread}`, ['time', 'share', 'does', 'function', 'created at'],
	path.parts.map((x) => [duration(x.ns), path.ns ?
		(100 * x.ns / path.ns).toFixed(1) + ' %' : '', x.does,
	x.function === undefined ? '' : foreign(x.function),
	x.function === undefined ? '' : placeText(x)]));
	return [title, ...cut, table];
}

function drawFirst(data) {
	const { report } = data, first = byId('first');
	const id = (x) => foreign(x.id) + (x.name ? ' "' + foreign(x.name) + '"' : '') +
		(data.processes.length > 1 ? ' of ' + x.pid : '');
	const parts = [];
	if (report.look_at.length)
		parts.push(...plainTable('What to look at', ['look at', 'created at', 'function',
			'what'], report.look_at.map((x) =>
			[x.name, placeText(x), foreign(x.function), foreign(x.text)])));
	else
		parts.push(element('p', { textContent: 'Nothing stands out.' }));
	if (report.critical_path)
		parts.push(...criticalTable(data));
	if (report.slowest.length)
		parts.push(...plainTable('Slowest first waits', ['time', 'await', 'function',
			'result', 'waited for at', 'created at'], report.slowest.map((x) =>
			[duration(x.took_ns), id(x), foreign(x.function), x.result +
				(x.error === undefined ? '' : ' (error ' + x.error + ')'),
			foreign(x.waited_for_at), placeText(x)])));
	if (report.unfinished.length)
		parts.push(...plainTable('Not ended when the recording did', ['await', 'function',
			'does', 'thread', 'for', 'waited for at'],
		report.unfinished.slice(0, ROWS_MOST).map((x) =>
			[id(x), foreign(x.function ?? '(unknown)'), x.does, String(x.thread ?? '?'),
				x.for_ns === undefined ? 'at least ' + duration(x.at_least_ns) :
					duration(x.for_ns), foreign(x.waited_for_at ?? '?')])));
	if (report.unfinished.length > ROWS_MOST)
		parts.push(element('p', { className: 'doubt', textContent: numberText(
			report.unfinished.length - ROWS_MOST) + ' more are not shown' }));
	if (report.files?.length)
		parts.push(...plainTable('Files that are not what ran, or may not be',
			['what', 'file'], report.files.map((x) => [foreign(x.text), foreign(x.file)])));
	parts.push(...stackTexts('Stacks of the slowest first waits', report.slowest),
		...stackTexts('Stacks of what had not ended', report.unfinished));
	first.replaceChildren(...parts);
}
