// SPDX-License-Identifier: MIT
// Graphs, drawn in layers from left to right: an arrow leads to the right, unless it
// closes a circle. Nodes: { key, text, more }, edges: { from, to } with their keys.

const GRAPH_MOST = 80;

// Who waited for whom, by site: those with the most waits.
function siteGraph(data) {
	const edges = data.waits.map((x) => ({
		from: x[0] === 0 ? 'outside' : x[0] === 1 ? 'unknown' : 'site' + (x[0] - 2),
		to: 'site' + x[1], hits: x[2], runs: x[3], others: x[4], sleeps: x[5],
		slept: x[6], refused: x[7], count: x[2] + x[3] + x[4],
	}));
	const weight = new Map();
	for (const edge of edges)
		for (const key of [edge.from, edge.to])
			weight.set(key, (weight.get(key) ?? 0) + edge.count + edge.refused);
	const keys = [...weight.keys()].sort((a, b) => weight.get(b) - weight.get(a));
	const shown = new Set(keys.slice(0, GRAPH_MOST));
	const node = (key) => {
		const site = Number(key.slice(4));
		if (key === 'outside' || key === 'unknown')
			return { key, text: key === 'outside' ? '(in no run)' : '(not known)', more: '' };
		return { key, text: functionText(data, site), more: site ?
			placeText(data.sites[site - 1]) : '' };
	};
	return {
		nodes: [...shown].map(node),
		edges: edges.filter((x) => shown.has(x.from) && shown.has(x.to)),
		notDrawn: keys.length - shown.size,
	};
}

// What had not ended: threads wait for awaits, which threads run.
function endGraph(data) {
	const nodes = new Map(), edges = [];
	const node = (key, text, more) => nodes.set(key, { key, text, more });
	for (const one of data.report.unfinished.slice(0, 10 * GRAPH_MOST)) {
		const where = one.pid + '@' + one.host;
		const id = where + one.id;
		node(id, foreign(one.id) + ' ' + foreign(one.function ?? '(unknown)'),
			one.function === undefined ? '' : placeText(one));
		const thread = where + ' thread ' + (one.thread ?? 'not known');
		node(thread, 'thread ' + (one.thread ?? 'not known') +
			(data.processes.length > 1 ? ' of ' + one.pid : ''), '');
		edges.push(one.does === 'runs' ? { from: id, to: thread, does: 'run by' } :
			{ from: thread, to: id, does: 'waits for' });
	}
	const shown = [...nodes.values()].slice(0, GRAPH_MOST);
	const keys = new Set(shown.map((x) => x.key));
	return {
		nodes: shown,
		edges: edges.filter((x) => keys.has(x.from) && keys.has(x.to)),
		notDrawn: nodes.size - shown.length,
	};
}

// Marks edges that close a circle as back, by a walk in depth.
function findBack(nodes, edges) {
	const out = new Map(nodes.map((x) => [x.key, []]));
	const state = new Map(), order = [];
	for (const edge of edges) {
		edge.back = edge.from === edge.to;
		out.get(edge.from).push(edge);
	}
	for (const start of nodes) {
		const path = state.has(start.key) ? [] : [[start.key, 0]];
		while (path.length) {
			const top = path[path.length - 1], [key, next] = top;
			state.set(key, 'open');
			const edge = out.get(key)[next];
			if (!edge) {
				state.set(key, 'done');
				order.push(key);
				path.pop();
				continue;
			}
			top[1]++;
			if (state.get(edge.to) === 'open')
				edge.back = true;
			else if (!state.has(edge.to))
				path.push([edge.to, 0]);
		}
	}
	return { out, order: order.reverse() };
}

// Puts each node into a layer, and layers in an order with few crossings.
function layersOf(nodes, edges) {
	const { out, order } = findBack(nodes, edges);
	const layer = new Map(nodes.map((x) => [x.key, 0]));
	for (const key of order)
		for (const edge of out.get(key))
			if (!edge.back)
				layer.set(edge.to,
					Math.max(layer.get(edge.to), layer.get(key) + 1));
	const layers = [];
	for (const node of nodes)
		(layers[layer.get(node.key)] ??= []).push(node.key);
	const place = new Map();
	layers.forEach((keys) => keys.forEach((key, i) => place.set(key, i)));
	for (let round = 0; round < 4; round++)
		for (const keys of round % 2 ? layers.slice().reverse() : layers) {
			const center = new Map(keys.map((key) => [key,
				meanPlace(key, edges, place, round % 2 ? 'from' : 'to')]));
			keys.sort((a, b) => center.get(a) - center.get(b));
			keys.forEach((key, i) => place.set(key, i));
		}
	return layers;
}

function meanPlace(key, edges, place, side) {
	const other = side === 'to' ? 'from' : 'to';
	const places = edges.filter((x) => x[side] === key && !x.back)
		.map((x) => place.get(x[other]));
	return places.length ? places.reduce((a, b) => a + b) / places.length :
		place.get(key);
}
