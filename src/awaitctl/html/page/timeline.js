// SPDX-License-Identifier: MIT
// The timeline: what is shown of it, and what the mouse and keys do with that.

const AXIS = 22;

class Timeline {
	constructor(data) {
		this.data = data;
		this.length = Math.max(data.length_ns, 1);
		this.from = 0;
		this.to = this.length;
		this.mode = 'thread';
		this.open = new Set();
		this.found = null;
		this.chosen = -1;
		this.at = -1; // of what was found
		this.threads = threadsOf(data);
		this.groups = groupsOf(data);
		if (this.groups.length === 1)
			this.open.add(this.groups[0].site);
		this.draw = oncePerFrame(() => this.drawNow());
		this.scroll = byId('scroll');
		this.canvas = byId('canvas');
		this.listen();
		this.sayNotDrawn();
		this.setRows();
	}

	sayNotDrawn() {
		const { awaits, spans } = this.data, note = byId('not-drawn');
		note.hidden = !awaits.notDrawn && !spans.notDrawn;
		note.textContent = `Not drawn, as there are too many: ${
			numberText(awaits.notDrawn)} awaits that ran and slept for less time, ${
			numberText(spans.notDrawn)} runs and sleeps. All are in the tables, the ` +
			'flame graph and who waits for whom.';
	}

	setRows() {
		this.rows = this.mode === 'thread' ? threadRows(this) : siteRows(this);
		this.high = placeRows(this.rows);
		byId('room').style.height = Math.max(AXIS + this.high + 8,
			this.scroll.clientHeight) + 'px';
		this.draw();
	}

	show(from, to) {
		const most = this.length * 1.02, least = 20;
		const length = Math.min(Math.max(to - from, least), most);
		const middle = (from + to) / 2;
		this.from = Math.max(-this.length * 0.01,
			Math.min(middle - length / 2, this.length * 1.01 - length));
		this.to = this.from + length;
		if (this.mode === 'await' && this.open.size)
			this.setRows();
		this.draw();
	}

	// center: the time that stays where it is.
	zoom(factor, center = (this.from + this.to) / 2) {
		this.show(center - (center - this.from) * factor,
			center + (this.to - center) * factor);
	}

	move(part) {
		const by = (this.to - this.from) * part;
		this.show(this.from + by, this.to + by);
	}

	setMode(mode) {
		this.mode = mode;
		this.scroll.scrollTop = 0;
		this.setRows();
	}

	setFound(found) {
		this.found = found;
		this.at = -1;
		this.setRows();
	}

	step(by) {
		const rows = this.found?.rows ?? [];
		if (!rows.length)
			return;
		this.at = (this.at + by + rows.length + (this.at < 0 && by < 0)) % rows.length;
		this.choose(rows[this.at]);
		this.showAwait(rows[this.at]);
	}

	// In the middle third of what is shown: its runs, or all of its life.
	showAwait(row) {
		const { awaits, spans, byAwait } = this.data;
		let [from, to] = [awaits.begin[row], awaits.end[row]];
		if (byAwait.first[row] < byAwait.first[row + 1]) {
			const all = byAwait.of.subarray(byAwait.first[row], byAwait.first[row + 1]);
			from = all.reduce((a, x) => Math.min(a, spans.begin[x]), Infinity);
			to = all.reduce((a, x) => Math.max(a, spans.end[x]), 0);
		}
		const room = Math.max(to - from, 100);
		this.show(from - room, to + room);
		this.scrollTo(row);
	}

	scrollTo(row) {
		const { byAwait, spans } = this.data;
		if (this.mode !== 'thread' || byAwait.first[row] === byAwait.first[row + 1])
			return;
		const span = byAwait.of[byAwait.first[row]];
		let top = 0;
		for (const thread of this.threads) {
			const i = firstWhere(0, thread.rows.length, (k) => thread.rows[k] >= span);
			if (thread.rows[i] === span) {
				top += HEAD + thread.depths[i] * LANE;
				this.scroll.scrollTop = Math.max(0, top - this.scroll.clientHeight / 2);
				return;
			}
			top += HEAD + thread.deep * LANE;
		}
	}

	choose(row) {
		this.chosen = row;
		const { data } = this;
		const lines = row < 0 ? [] : awaitLines(data, row);
		const spans = row < 0 ? [] : Array.from(data.byAwait.of.subarray(
			data.byAwait.first[row], data.byAwait.first[row + 1]));
		byId('details').replaceChildren(
			element('b', { textContent: row < 0 ? '' : awaitText(data, row) }),
			...lines.map((text) => element('span', { textContent: text })),
			...spans.slice(0, 20).map((span) => element('div', {
				textContent: spanLines(data, span).join(', ') })),
			...(spans.length > 20 ? [element('div', { textContent:
				`and ${numberText(spans.length - 20)} more runs and sleeps` })] : []));
		this.draw();
	}

	drawNow() {
		const width = this.scroll.clientWidth, height = this.scroll.clientHeight;
		if (!width || !height)
			return;
		const context = fitCanvas(this.canvas, width, height);
		const painter = new Painter(this, context, width, height);
		this.painter = painter;
		const top = this.scroll.scrollTop - AXIS;
		let i = firstWhere(0, this.rows.length,
			(k) => this.rows[k].top + this.rows[k].high > top);
		for (; i < this.rows.length && this.rows[i].top - top < height; i++)
			this.rows[i].draw(painter, this.rows[i].top - top);
		painter.axis(AXIS);
		byId('window').textContent = duration(Math.max(0, this.from)) + ' to ' +
			duration(this.to) + ' of ' + duration(this.length);
	}

	// What is below the mouse.
	under(event) {
		const box = this.canvas.getBoundingClientRect();
		const x = event.clientX - box.left;
		const y = event.clientY - box.top - AXIS + this.scroll.scrollTop;
		const row = this.rows.find((one) => y >= one.top && y < one.top + one.high);
		if (!row?.at || !this.painter || event.clientY - box.top < AXIS)
			return null;
		return row.at(this.painter, x, y - row.top);
	}

	tip(event) {
		const found = this.under(event), { data } = this;
		if (!found || found.row === undefined)
			showTip(event, found ? [siteText(data, found.site), 'a click shows its awaits']
				: null);
		else if (found.count > 1)
			showTip(event, [numberText(found.count) + ' runs and sleeps',
				'zoom in to tell them apart; the first is of', awaitText(data, found.row)]);
		else
			showTip(event, [awaitText(data, found.row), ...(found.span === undefined ?
				awaitLines(data, found.row) : spanLines(data, found.span))]);
	}

	click(event) {
		const found = this.under(event);
		if (found?.site !== undefined) {
			if (!this.open.delete(found.site))
				this.open.add(found.site);
			this.setRows();
		} else {
			this.choose(found ? found.row : -1);
		}
	}

	listen() {
		const { canvas, scroll } = this;
		let from = null, moved = false;
		scroll.addEventListener('scroll', this.draw);
		scroll.addEventListener('wheel', (event) => {
			if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !event.deltaX)
				return;
			event.preventDefault();
			const box = canvas.getBoundingClientRect();
			if (event.ctrlKey || event.metaKey)
				this.zoom(1.0015 ** event.deltaY,
					this.painter.time(event.clientX - box.left));
			else
				this.move((event.deltaX || event.deltaY) / box.width);
		}, { passive: false });
		canvas.addEventListener('pointerdown', (event) => {
			from = { x: event.clientX, from: this.from, to: this.to };
			moved = false;
			canvas.setPointerCapture(event.pointerId);
		});
		canvas.addEventListener('pointermove', (event) => {
			if (!from)
				return this.tip(event);
			moved ||= Math.abs(event.clientX - from.x) > 3;
			const by = (from.x - event.clientX) / this.painter.scale;
			if (moved)
				this.show(from.from + by, from.to + by);
		});
		canvas.addEventListener('pointerup', (event) => {
			if (from && !moved)
				this.click(event);
			from = null;
		});
		canvas.addEventListener('pointercancel', () => (from = null));
		canvas.addEventListener('pointerleave', (event) => showTip(event, null));
		canvas.addEventListener('dblclick', (event) => {
			const found = this.under(event);
			if (found?.row !== undefined)
				this.showAwait(found.row);
		});
		scroll.addEventListener('keydown', (event) => this.key(event));
	}

	key(event) {
		const keys = {
			'+': () => this.zoom(1 / 1.5), '-': () => this.zoom(1.5),
			'=': () => this.zoom(1 / 1.5), '0': () => this.show(0, this.length),
			ArrowLeft: () => this.move(-0.2), ArrowRight: () => this.move(0.2),
		};
		if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		keys[event.key]();
	}
}
