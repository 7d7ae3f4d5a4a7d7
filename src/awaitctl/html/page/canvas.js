// SPDX-License-Identifier: MIT
// What all that is drawn shares: elements, colors, the tip beside the mouse. Texts
// become text nodes; nothing is ever read as HTML.

const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
	const one = Object.assign(document.createElement(name), properties);
	one.append(...children);
	return one;
}

// A canvas of that size, sharp on any screen; what is drawn is in CSS pixels.
function fitCanvas(canvas, width, height) {
	const ratio = window.devicePixelRatio || 1;
	const wide = Math.round(width * ratio), high = Math.round(height * ratio);
	if (canvas.width !== wide || canvas.height !== high) {
		canvas.width = wide;
		canvas.height = high;
		canvas.style.width = width + 'px';
		canvas.style.height = height + 'px';
	}
	const context = canvas.getContext('2d');
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	context.clearRect(0, 0, width, height);
	context.font = '12px system-ui, sans-serif';
	context.textBaseline = 'middle';
	return context;
}

let colorsKnown = null;

// Of the look that is chosen; sites have hues far from those of their neighbors.
function colors() {
	if (colorsKnown)
		return colorsKnown;
	const style = getComputedStyle(document.documentElement);
	const get = (name) => style.getPropertyValue('--' + name).trim();
	const ofSites = new Map();
	colorsKnown = {
		back: get('back'), fore: get('fore'), weak: get('weak'), line: get('line'),
		panel: get('panel'), accent: get('accent'), failed: get('failed'),
		on: get('text-on'),
		site(number) {
			if (!ofSites.has(number))
				ofSites.set(number, number ?
					`hsl(${(number * 137.5 + 75) % 360} ${get('saturation')} ` +
					`${get('lightness')})` : get('weak'));
			return ofSites.get(number);
		},
	};
	return colorsKnown;
}

function forgetColors() {
	colorsKnown = null;
}

// As much of the text as fits; letters are about that wide.
function drawText(context, text, x, y, width) {
	const most = Math.floor((width - 6) / 7);
	if (most < 2)
		return;
	context.fillText(text.length > most ? text.slice(0, most - 1) + '\u2026' : text,
		x + 3, y);
}

function showTip(event, lines) {
	const tip = byId('tip');
	tip.hidden = !lines;
	if (!lines)
		return;
	tip.replaceChildren(...lines.map((text) => element('div', { textContent: text })));
	const { innerWidth, innerHeight } = window;
	const { offsetWidth, offsetHeight } = tip;
	tip.style.left = Math.max(0,
		Math.min(event.clientX + 14, innerWidth - offsetWidth - 8)) + 'px';
	tip.style.top = Math.max(0,
		Math.min(event.clientY + 14, innerHeight - offsetHeight - 8)) + 'px';
}

// Draws once for each frame, however often it is asked to.
function oncePerFrame(draw) {
	let asked = false;
	return () => {
		if (asked)
			return;
		asked = true;
		requestAnimationFrame(() => {
			asked = false;
			draw();
		});
	};
}
