// SPDX-License-Identifier: MIT
// A graph as SVG.

const SVG = 'http://www.w3.org/2000/svg';
const NODE = { wide: 210, high: 34, right: 110, down: 16 };

function svg(name, attributes, ...children) {
	const one = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		one.setAttribute(key, value);
	one.append(...children);
	return one;
}

function svgText(text, attributes) {
	return svg('text', attributes, text);
}

function edgeText(edge) {
	if (edge.does)
		return edge.does;
	const parts = [];
	for (const [name, text] of [['runs', 'ran it'], ['hits', 'hits'],
		['others', 'ended otherwise'], ['refused', 'refused: a circle']])
		if (edge[name])
			parts.push(numberText(edge[name]) + ' ' + text);
	if (edge.sleeps)
		parts.push(numberText(edge.sleeps) + ' slept ' + duration(edge.slept));
	return parts.join(', ');
}

function edgePath(a, b, back) {
	const y1 = a.y + NODE.high / 2, y2 = b.y + NODE.high / 2;
	if (a === b)
		return `M${a.x + NODE.wide} ${y1 - 6} c46 -26 46 38 0 12`;
	const [x1, x2] = back ? [a.x + NODE.wide / 2, b.x + NODE.wide / 2] :
		[a.x + NODE.wide, b.x];
	if (back)
		return `M${x1} ${a.y + NODE.high} C${x1} ${a.y + 90} ${x2} ${b.y + 90} ` +
			`${x2} ${b.y + NODE.high}`;
	return `M${x1} ${y1} C${x1 + 60} ${y1} ${x2 - 60} ${y2} ${x2} ${y2}`;
}

function edgeLabel(edge, places) {
	const a = places.get(edge.from), b = places.get(edge.to);
	const text = edge.does ?? (edge.count ? numberText(edge.count) +
		(edge.count === 1 ? ' wait' : ' waits') :
		numberText(edge.refused) + ' refused');
	const at = a === b ? { x: a.x + NODE.wide + 6, y: a.y + 2 } :
		edge.back ? { x: (a.x + b.x + NODE.wide) / 2, y: (a.y + b.y) / 2 + 82 } :
			{ x: b.x - NODE.right + 6, y: b.y + NODE.high / 2 - 4 + (a.y - b.y) / 4 };
	return svgText(text, { class: 'weak', ...at });
}

// chosen(node): one was clicked.
function drawGraph(room, graph, chosen) {
	const layers = layersOf(graph.nodes, graph.edges), places = new Map();
	const deep = Math.max(1, ...layers.map((x) => x.length));
	const step = NODE.high + NODE.down;
	layers.forEach((keys, i) => keys.forEach((key, k) => places.set(key, {
		x: 12 + i * (NODE.wide + NODE.right),
		y: 12 + (k + (deep - keys.length) / 2) * step,
	})));
	const width = 70 + layers.length * (NODE.wide + NODE.right);
	const height = 110 + deep * step;
	const arrow = svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 8, refY: 4,
		markerWidth: 7, markerHeight: 7, orient: 'auto', markerUnits: 'userSpaceOnUse' },
	svg('path', { d: 'M0 0 L8 4 L0 8' }));
	const image = svg('svg', { width, height, role: 'img',
		'aria-label': 'who waits for whom' }, svg('defs', {}, arrow));
	for (const edge of graph.edges) {
		const line = svg('path', {
			d: edgePath(places.get(edge.from), places.get(edge.to), edge.back),
			'stroke-width': 1 + Math.min(5, Math.log10(1 + (edge.count ?? 0))),
			'marker-end': 'url(#arrow)', class: edge.refused ? 'refused' : '',
		}, svg('title', {}, edgeText(edge)));
		image.append(line);
		image.append(edgeLabel(edge, places));
	}
	for (const node of graph.nodes)
		image.append(nodeBox(node, places.get(node.key), chosen));
	room.replaceChildren(image);
}

function nodeBox(node, { x, y }, chosen) {
	const short = (text) => text.length > 32 ? '\u2026' + text.slice(-31) : text;
	const box = svg('g', { class: 'node' },
		svg('rect', { x, y, width: NODE.wide, height: NODE.high, rx: 4 }),
		svgText(short(node.text), { x: x + 8, y: y + 14 }),
		svgText(short(node.more), { x: x + 8, y: y + 28, class: 'weak' }),
		svg('title', {}, node.text + ' ' + node.more));
	box.addEventListener('click', () => chosen(node));
	return box;
}

class GraphView {
	constructor(data, chosen) {
		this.data = data;
		this.chosen = chosen;
		this.mode = 'site';
	}

	draw() {
		const graph = this.mode === 'site' ? siteGraph(this.data) : endGraph(this.data);
		const notes = [];
		if (!graph.edges.length)
			notes.push(this.mode === 'site' ? 'No waits were recorded.' :
				'Nothing ran or slept when the recording ended' +
				(this.data.ends_unknown || this.data.waits_unknown ?
					', or it is not known.' : '.'));
		else
			notes.push('An arrow leads from who waits to what is waited for.');
		if (this.mode === 'site' && this.data.waits_unknown)
			notes.push('The filter of the recording hides waits: what is missing is ' +
				'not known.');
		if (graph.notDrawn)
			notes.push(`Not drawn: ${numberText(graph.notDrawn)} with fewer waits.`);
		byId('graph-note').textContent = notes.join(' ');
		drawGraph(byId('graph-room'), graph, this.chosen);
	}
}
