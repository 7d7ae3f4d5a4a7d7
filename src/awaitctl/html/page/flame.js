// SPDX-License-Identifier: MIT
// The tree of chains: a node is as wide as its runs and all that is above it took.

const CHAIN_ROOT = 0, CHAIN_UNKNOWN = 1;

function chainTree(chains) {
	const nodes = chains.nodes.map(([parent, site, runs, unended, self]) =>
		({ parent, site, runs, unended, self, total: self, depth: 0, children: [] }));
	for (let i = nodes.length - 1; i > CHAIN_ROOT; i--) {
		nodes[i].index = i;
		nodes[nodes[i].parent].total += nodes[i].total;
		nodes[nodes[i].parent].children.push(nodes[i]);
	}
	nodes[CHAIN_ROOT].index = CHAIN_ROOT;
	for (const node of nodes) {
		node.children.sort((a, b) => b.total - a.total || a.index - b.index);
		if (node.index !== CHAIN_ROOT)
			node.depth = nodes[node.parent].depth + 1;
	}
	return nodes;
}

// Those that are at least so wide, as boxes: what is below the chosen one is as
// wide as all.
function flameBoxes(nodes, chosen, width, least) {
	const boxes = [];
	for (let node = nodes[chosen]; node.index !== CHAIN_ROOT;) {
		node = nodes[node.parent];
		boxes.push({ node, x: 0, width, depth: node.depth });
	}
	const open = [{ node: nodes[chosen], x: 0, width, depth: nodes[chosen].depth }];
	while (open.length) {
		const box = open.pop();
		boxes.push(box);
		let x = box.x;
		for (const child of box.node.children) {
			const wide = box.node.total ?
				box.width * child.total / box.node.total : 0;
			if (wide < least)
				break;
			open.push({ node: child, x, width: wide, depth: box.depth + 1 });
			x += wide;
		}
	}
	return boxes;
}

function chainText(data, nodes, index) {
	if (index === CHAIN_ROOT)
		return 'all runs';
	if (index === CHAIN_UNKNOWN)
		return '(in runs that are not known)';
	return functionText(data, nodes[index].site);
}
