// SPDX-License-Identifier: MIT
// Draws rows of a timeline, between two times.

class Painter {
	constructor(timeline, context, width, height) {
		Object.assign(this, { timeline, context, width, height });
		this.data = timeline.data;
		this.names = timeline.mode === 'await' ? NAMES : 0;
		this.room = width - this.names;
		this.scale = this.room / (timeline.to - timeline.from);
		this.colors = colors();
	}

	x(time) {
		return this.names + (time - this.timeline.from) * this.scale;
	}

	time(x) {
		return this.timeline.from + (x - this.names) / this.scale;
	}

	head(text, y, high) {
		this.context.fillStyle = this.colors.panel;
		this.context.fillRect(0, y, this.width, high);
		this.context.fillStyle = this.colors.fore;
		drawText(this.context, text, 4, y + high / 2, this.width);
	}

	lane(lane, y, high, weak) {
		const { from, to } = this.timeline;
		drawLane(lane, from, to, this.room, (x, width, span, share, count) => {
			if (count === 1)
				this.span(span, this.names + x, y, width, high, weak);
			else
				this.many(span, this.names + x, y, width, high, share, weak);
		});
		this.tails(lane, y, high);
	}

	many(span, x, y, width, high, share, weak) {
		const { context, colors, data } = this;
		context.globalAlpha = weak ? 0.12 : 0.3 + 0.7 * share;
		context.fillStyle = weak ? colors.weak :
			colors.site(data.awaits.site[data.spans.await[span] - 1]);
		context.fillRect(x, y, width, high);
		context.globalAlpha = 1;
	}

	span(span, x, y, width, high, weak) {
		const { context, colors, data } = this, { spans, awaits } = data;
		const row = spans.await[span] - 1, sleeps = spans.sleeps[span];
		context.globalAlpha = weak ? 0.15 : 1;
		context.fillStyle = sleeps ? colors.line : colors.site(awaits.site[row]);
		context.fillRect(x, y, Math.max(width - 0.5, 0.5), high);
		if (spans.state[span] === FAILED) {
			context.fillStyle = colors.failed;
			context.fillRect(x, y + high - 3, Math.max(width - 0.5, 1), 3);
		}
		if (this.timeline.chosen === row) {
			context.strokeStyle = colors.fore;
			context.strokeRect(x + 0.5, y + 0.5, Math.max(width - 1, 1), high - 1);
		}
		if (width > 24) {
			context.fillStyle = sleeps ? colors.fore : colors.on;
			drawText(context, (sleeps ? 'sleeps for ' : '') +
				awaitText(data, row), x, y + high / 2, width);
		}
		context.globalAlpha = 1;
	}

	// What is not known of a side is no span of time: it fades.
	tails(lane, y, high) {
		const { spans } = this.data, { from, to } = this.timeline;
		const count = lane.rows.length;
		const first = firstWhere(0, count, (k) => lane.end[k] >= from);
		const last = firstWhere(first, count, (k) => lane.begin[k] > to);
		if (last - first > 2000)
			return;
		for (let i = first; i < last; i++) {
			const span = lane.rows[i];
			if (!spans.beginKnown[span])
				this.tail(span, this.x(spans.begin[span]), -TAIL, y, high);
			else if (spans.ended[span] === UNSEEN)
				this.tail(span, this.x(spans.end[span]), TAIL, y, high);
		}
	}

	tail(span, x, wide, y, high) {
		const { context, data } = this;
		const fade = context.createLinearGradient(x, 0, x + wide, 0);
		fade.addColorStop(0, this.colors.site(
			data.awaits.site[data.spans.await[span] - 1]));
		fade.addColorStop(1, 'transparent');
		context.fillStyle = fade;
		context.fillRect(Math.min(x, x + wide), y, Math.abs(wide), high);
	}

	chart(counts, site, y, high, [first, second]) {
		const { context, colors, names } = this, values = [];
		let most = 1;
		for (let x = 0; x < this.room; x++) {
			values.push(mostBetween(counts, this.time(names + x), this.time(names + x + 1)));
			most = Math.max(most, values[x]);
		}
		context.fillStyle = colors.site(site);
		values.forEach((value, x) => {
			const tall = (high - 5) * value / most;
			context.fillRect(names + x, y + high - 2 - tall, 1, tall);
		});
		context.fillStyle = colors.fore;
		drawText(context, first, 2, y + 10, names);
		context.fillStyle = colors.weak;
		drawText(context, second + 'up to ' + numberText(most), 2, y + 25, names);
	}

	await(row, y, high) {
		const { context, colors, data } = this, { awaits, byAwait } = data;
		if (this.timeline.chosen === row) {
			context.fillStyle = colors.panel;
			context.fillRect(0, y, this.width, high + 2);
		}
		context.fillStyle = colors.fore;
		drawText(context, awaitText(data, row), 8, y + high / 2, this.names - 8);
		const x = Math.max(this.x(awaits.begin[row]), this.names);
		const right = Math.min(this.x(awaits.end[row]), this.width);
		context.fillStyle = colors.line;
		context.fillRect(x, y + high / 2 - 1, Math.max(right - x, 1), 2);
		const first = byAwait.first[row], last = byAwait.first[row + 1];
		let drawn = this.names - 1;
		for (let i = first; i < last; i++) {
			const span = byAwait.of[i];
			const a = Math.max(this.x(data.spans.begin[span]), this.names);
			const b = Math.min(this.x(data.spans.end[span]), this.width);
			if (b < this.names || a > this.width || b < drawn + 0.5)
				continue;
			drawn = Math.max(a + 1, b);
			this.span(span, a, y, Math.max(b - a, 1), high, false);
		}
		if (awaits.wasWaited[row]) {
			const at = this.x(awaits.begin[row] + awaits.waited[row]);
			context.fillStyle = colors.accent;
			if (at >= this.names)
				context.fillRect(at - 0.5, y, 1, high);
		}
	}

	spanAt(lane, x) {
		let found = null;
		drawLane(lane, this.timeline.from, this.timeline.to, this.room,
			(left, width, span, share, count) => {
				if (x - this.names >= left - 1 && x - this.names <= left + width + 1 && !found)
					found = { span, count, row: this.data.spans.await[span] - 1 };
			});
		return found;
	}

	awaitAt(row, x) {
		const { byAwait, spans } = this.data, slack = 2 / this.scale;
		const time = this.time(x);
		for (let i = byAwait.first[row]; i < byAwait.first[row + 1]; i++) {
			const span = byAwait.of[i];
			if (time >= spans.begin[span] - slack && time <= spans.end[span] + slack)
				return { row, span, count: 1 };
		}
		return { row, count: 1 };
	}

	axis(high) {
		const { context, colors } = this, { from, to } = this.timeline;
		const step = stepOf(to - from, this.room / 110);
		context.fillStyle = colors.back;
		context.fillRect(0, 0, this.width, high);
		context.fillStyle = colors.weak;
		for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
			context.fillRect(this.x(time), high - 5, 1, 5);
			drawText(context, axisText(time, step), this.x(time), high / 2, 200);
		}
		context.fillRect(0, high - 1, this.width, 1);
	}
}

// As many digits as tell one step from the next.
function axisText(time, step) {
	const [unit, name] = step >= 1e8 ? [1e9, 's'] : step >= 1e5 ? [1e6, 'ms'] :
		step >= 100 ? [1e3, 'us'] : [1, 'ns'];
	const digits = Math.max(0, Math.ceil(-Math.log10(step / unit)));
	return (time / unit).toFixed(digits) + ' ' + name;
}
