// SPDX-License-Identifier: MIT
// Searching awaits: every word has to be somewhere in what is known of one: its
// function, type or place, its own name, its state or process. #14 is an id.

function matcher(data, word) {
	const low = word.toLowerCase();
	if (/^#\d+(\.\d+)?$/.test(word))
		return (row) => idText(data.awaits, row) === word;
	const has = (text) => text.toLowerCase().includes(low);
	const sites = ['(unknown)', ...data.sites.map((site) => foreign(site.function) +
		' ' + foreign(site.type) + ' ' + placeText(site))].map(has);
	const processes = ['', ...data.processes.map((_, i) => processText(data, i + 1))]
		.map(has);
	const states = STATES.map(has);
	const { awaits } = data;
	return (row) => sites[awaits.site[row]] || states[awaits.state[row]] ||
		processes[awaits.process[row]] ||
		(awaits.names.has(row) && has(foreign(awaits.names.get(row))));
}

// { match, rows }: a 1 for each await that is found, and their rows; null if
// nothing is asked.
function searchAwaits(data, query) {
	const words = query.split(/\s+/).filter(Boolean);
	if (!words.length)
		return null;
	const all = words.map((word) => matcher(data, word));
	const match = new Uint8Array(data.awaits.count), rows = [];
	for (let row = 0; row < data.awaits.count; row++)
		if (all.every((is) => is(row))) {
			match[row] = 1;
			rows.push(row);
		}
	return { match, rows };
}
