// SPDX-License-Identifier: MIT
// The page: its tabs, its look, its search.

function showLook() {
	const look = document.documentElement.dataset.look;
	byId('look').textContent = 'look: ' + (look || 'system');
	forgetColors();
}

function nextLook() {
	const root = document.documentElement, now = root.dataset.look;
	if (!now)
		root.dataset.look = matchMedia('(prefers-color-scheme: dark)').matches ?
			'light' : 'dark';
	else if (root.dataset.first !== now && root.dataset.first)
		delete root.dataset.look;
	else
		root.dataset.look = now === 'dark' ? 'light' : 'dark';
	if (!now)
		root.dataset.first = root.dataset.look;
	showLook();
}

function drawHeading(data) {
	const name = foreign(data.directory);
	byId('title').textContent = name;
	document.title = name + ' - awaitctl report';
	byId('heading').replaceChildren(...data.heading.split('\n').filter(Boolean)
		.map((text) => element('div', { textContent: foreign(text),
			className: text.startsWith('***') ? 'doubt' : 'line' })));
}

function makePage(data) {
	const page = { tab: 'first' };
	const search = (text) => {
		byId('query').value = text;
		page.search(text);
	};
	page.data = data;
	page.timeline = new Timeline(data);
	page.flame = new FlameView(data);
	page.graph = new GraphView(data, (node) => search(node.text));
	page.tables = new TablesView(data, search);
	page.show = (tab) => {
		page.tab = tab;
		for (const one of document.querySelectorAll('section'))
			one.classList.toggle('shown', one.id === tab);
		for (const one of document.querySelectorAll('[role="tab"]'))
			one.setAttribute('aria-selected', one.dataset.tab === tab);
		page.draw();
	};
	page.draw = () => {
		if (page.tab === 'timeline')
			page.timeline.setRows();
		else if (page.tab !== 'first')
			page[page.tab].draw();
	};
	page.search = (text) => {
		const found = searchAwaits(data, text);
		byId('found').textContent = found ? numberText(found.rows.length) +
			' awaits' : '';
		page.timeline.setFound(found);
		page.flame.query = page.tables.query = text.trim();
		page.draw();
	};
	return page;
}

function listen(page) {
	const { timeline } = page;
	for (const tab of document.querySelectorAll('[role="tab"]'))
		tab.addEventListener('click', () => page.show(tab.dataset.tab));
	for (const one of document.querySelectorAll('[name="rows"]'))
		one.addEventListener('change', () => timeline.setMode(one.value));
	for (const one of document.querySelectorAll('[name="graph"]'))
		one.addEventListener('change', () => {
			page.graph.mode = one.value;
			page.graph.draw();
		});
	byId('zoom-in').addEventListener('click', () => timeline.zoom(1 / 1.5));
	byId('zoom-out').addEventListener('click', () => timeline.zoom(1.5));
	byId('zoom-all').addEventListener('click', () => timeline.show(0, timeline.length));
	byId('query').addEventListener('input', (event) => page.search(event.target.value));
	for (const [id, by] of [['next', 1], ['previous', -1]])
		byId(id).addEventListener('click', () => {
			if (page.tab !== 'timeline')
				page.show('timeline');
			timeline.step(by);
		});
	byId('query').addEventListener('keydown', (event) => {
		if (event.key === 'Enter')
			byId(event.shiftKey ? 'previous' : 'next').click();
	});
	byId('look').addEventListener('click', () => {
		nextLook();
		page.draw();
	});
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
		forgetColors();
		page.draw();
	});
	window.addEventListener('resize', page.draw);
}

const data = readData(byId('data').textContent);
drawHeading(data);
drawFirst(data);
showLook();
const page = makePage(data);
listen(page);
page.show('first');
