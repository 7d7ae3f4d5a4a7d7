// SPDX-License-Identifier: MIT
// The flame graph on its canvas.

const FLAME = 19;

class FlameView {
	constructor(data) {
		this.data = data;
		this.nodes = chainTree(data.chains);
		this.chosen = CHAIN_ROOT;
		this.query = '';
		this.boxes = [];
		this.deep = this.nodes.reduce((most, x) => Math.max(most, x.depth), 0) + 1;
		this.draw = oncePerFrame(() => this.drawNow());
		const canvas = byId('flame-canvas');
		canvas.addEventListener('click', (event) => {
			const box = this.under(event);
			this.chosen = box ? box.node.index : CHAIN_ROOT;
			this.draw();
		});
		canvas.addEventListener('pointermove', (event) =>
			showTip(event, this.lines(this.under(event))));
		canvas.addEventListener('pointerleave', (event) => showTip(event, null));
		byId('flame-note').textContent = this.note();
	}

	note() {
		const { folded } = this.data.chains;
		const unended = this.nodes.reduce((sum, x) => sum + x.unended, 0);
		const notes = [];
		if (unended)
			notes.push(`Of ${numberText(unended)} runs it is not known how long they ` +
				'took: they have no width of their own.');
		if (folded)
			notes.push(`${numberText(folded)} runs are counted in those below them, as ` +
				'there are too many chains.');
		return notes.join(' ');
	}

	under(event) {
		const box = byId('flame-canvas').getBoundingClientRect();
		const x = event.clientX - box.left;
		const depth = Math.floor((event.clientY - box.top) / FLAME);
		return this.boxes.find((one) => one.depth === depth && x >= one.x &&
			x < one.x + one.width);
	}

	lines(box) {
		if (!box)
			return null;
		const { node } = box, all = this.nodes[CHAIN_ROOT].total;
		const lines = [node.index < 2 ? chainText(this.data, this.nodes, node.index) :
			siteText(this.data, node.site), duration(node.total) +
			(all ? ', ' + (100 * node.total / all).toFixed(1) + ' % of all' : '')];
		if (node.index > 1)
			lines.push('itself ' + duration(node.self),
				numberText(node.runs) + ' runs that ended');
		if (node.unended)
			lines.push(numberText(node.unended) + ' of which not all is known');
		return lines;
	}

	drawNow() {
		const room = byId('flame-room').clientWidth;
		if (!room)
			return;
		// Canvases have limits; deeper chains are reached by choosing one.
		const context = fitCanvas(byId('flame-canvas'), room,
			Math.min(this.deep * FLAME + 2, 16000));
		const known = colors(), low = this.query.toLowerCase();
		this.boxes = flameBoxes(this.nodes, this.chosen, room, 0.5);
		for (const { node, x, width, depth } of this.boxes) {
			const text = chainText(this.data, this.nodes, node.index);
			const found = !low || text.toLowerCase().includes(low);
			context.globalAlpha = found ? 1 : 0.25;
			context.fillStyle = node.index < 2 ? known.panel : known.site(node.site);
			context.fillRect(x, depth * FLAME, Math.max(width - 0.6, 0.4), FLAME - 1);
			context.fillStyle = node.index < 2 ? known.fore : known.on;
			if (width > 20)
				drawText(context, text + '  ' + duration(node.total), x,
					depth * FLAME + FLAME / 2, width);
		}
		context.globalAlpha = 1;
	}
}
