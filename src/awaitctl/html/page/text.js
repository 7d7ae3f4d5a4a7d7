// SPDX-License-Identifier: MIT
// Texts for people. Names come from programs and traces: any bytes, each a
// character of that number. They are shown as UTF-8; what is invisible, or would
// turn the text around, is shown by its number.

function foreign(text) {
	let known = String(text ?? '');
	if (/[\x80-\xff]/.test(known))
		known = new TextDecoder().decode(
			Uint8Array.from(known, (one) => one.charCodeAt(0)));
	return known.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) =>
		'\\u{' + one.codePointAt(0).toString(16) + '}');
}

// As awaitctl's other reports: three digits and a unit.
function duration(ns) {
	if (ns === null || ns === undefined)
		return '?';
	if (ns < 1000)
		return Math.round(ns) + ' ns';
	let value = ns / 1000, unit = 0;
	while (value >= 999.5 && unit < 2) {
		value /= 1000;
		unit++;
	}
	const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	return value.toFixed(digits) + ' ' + ['us', 'ms', 's'][unit];
}

function numberText(number) {
	return number === null || number === undefined ? '?' : String(number);
}

function idText(awaits, row) {
	const generation = awaits.generation[row];
	return '#' + awaits.slot[row] + (generation ? '.' + generation : '');
}

function placeText(site) {
	return site.file === undefined ? '(place not recorded)' :
		foreign(site.file) + ':' + site.line;
}

function siteText(data, number) {
	if (!number)
		return '(unknown)';
	const site = data.sites[number - 1];
	return foreign(site.function) + ' ' + placeText(site);
}

function functionText(data, number) {
	return number ? foreign(data.sites[number - 1].function) : '(unknown)';
}

function processText(data, number) {
	if (!number)
		return 'process not known';
	const one = data.processes[number - 1];
	const several = new Set(data.processes.map((x) => x.host)).size > 1;
	return (foreign(one.name) || 'process') + ' ' + one.pid +
		(several ? '@' + foreign(one.host) : '');
}

function threadText(data, number) {
	if (!number)
		return 'thread not known';
	const one = data.threads[number - 1];
	const known = 'thread ' + one.thread;
	return data.processes.length > 1 ?
		known + ' of ' + processText(data, one.process) : known;
}

function awaitText(data, row) {
	const name = data.awaits.names.get(row);
	return idText(data.awaits, row) + (name ? ' "' + foreign(name) + '"' : '') +
		' ' + functionText(data, data.awaits.site[row]);
}

// What is known of a run or a sleep, in lines.
function spanLines(data, span) {
	const { spans, awaits } = data;
	const does = spans.sleeps[span] ? 'a wait for it sleeps' :
		spans.byStart[span] ? 'runs, as it was started' : 'runs';
	const ended = spans.ended[span];
	const known = spans.beginKnown[span] && ended !== UNSEEN;
	const lines = [does + ' on ' + threadText(data, spans.thread[span])];
	if (known)
		lines.push((ended === SEEN ? '' : 'for at least ') +
			duration(spans.length[span]));
	if (!spans.beginKnown[span])
		lines.push('its beginning was not recorded');
	if (ended !== SEEN)
		lines.push(ended === UNSEEN ? 'its end was not recorded' :
			'ended ' + ENDED[ended]);
	if (spans.state[span])
		lines.push(STATES[spans.state[span]] + (spans.error[span] ?
			', error ' + spans.error[span] : ''));
	if (spans.attempt[span] > 1)
		lines.push('attempt ' + spans.attempt[span]);
	if (spans.within[span])
		lines.push('in the run of ' + awaitText(data, spans.within[span] - 1));
	if (spans.wasWoken[span])
		lines.push('settled by ' + threadText(data, spans.waker[span]) + ' at ' +
			duration(spans.begin[span] + spans.woken[span]));
	return lines;
}

function awaitLines(data, row) {
	const { awaits } = data;
	const site = awaits.site[row];
	const lines = [site ? placeText(data.sites[site - 1]) : '(place not recorded)',
		processText(data, awaits.process[row])];
	lines.push(awaits.created[row] ?
		'created at ' + duration(awaits.begin[row]) + ' by ' +
			threadText(data, awaits.creator[row]) :
		'its creation was not recorded');
	if (awaits.wasWaited[row])
		lines.push('first wait that is known at ' +
			duration(awaits.begin[row] + awaits.waited[row]));
	else
		lines.push(data.waits_unknown ? 'waits are not known' :
			'no wait was seen');
	lines.push(numberText(awaits.runs[row]) + ' runs, ' +
		numberText(awaits.hits[row]) + ' hits');
	if (awaits.state[row])
		lines.push('last seen ' + STATES[awaits.state[row]]);
	lines.push(awaits.ended[row] === SEEN ?
		'dropped at ' + duration(awaits.end[row]) :
		'ended ' + ENDED[awaits.ended[row]]);
	return lines;
}
