# SPDX-License-Identifier: MIT
"""The page of `awaitctl report --html` in a browser, as its user goes through it."""

from __future__ import annotations

import json
import typing
import unittest

import harness

import browser
import page_data
import tap
from htmlcase import FOREIGN, Case
from page_data import Data


@unittest.skipUnless(
    browser.found(), "Chromium is missing: nobody looks at the page (./run long does)"
)
class Looking(Case):
    def setUp(self) -> None:
        super().setUp()
        self.browser = browser.Browser(self.dir).__enter__()
        self.addCleanup(self.browser.__exit__)
        self.data: Data

    def open(self, data: Data) -> None:
        self.data = data
        self.browser.open(self.page)
        self.addCleanup(self.no_complaints)

    def no_complaints(self) -> None:
        """It asked for nothing but itself, and its script ran without an error."""
        self.assertEqual(self.browser.complaints, [])
        self.assertEqual(self.browser.requests, [self.page.resolve().as_uri()])

    def value(self, expression: str) -> typing.Any:
        return self.browser.value(expression)

    def text(self, selector: str) -> str:
        return self.value(f"document.querySelector({json.dumps(selector)}).innerText")

    def tab(self, name: str) -> None:
        self.browser.click(f'[data-tab="{name}"]')
        shown = self.value(
            "[...document.querySelectorAll('section')]"
            ".filter((x) => x.offsetParent).map((x) => x.id)"
        )
        self.assertEqual(shown, [name])

    def place(self, expression: str) -> tuple[float, float]:
        """Of a span, where it is on the screen."""
        x, y = self.value(expression)
        return x, y

    def middle_of(self, row: int) -> tuple[float, float]:
        """Of a span in the timeline by thread, by what the page is asked to show."""
        return self.place(
            "(() => { const t = page.timeline, box ="
            "t.canvas.getBoundingClientRect(); let top = AXIS - t.scroll.scrollTop;"
            "for (const thread of t.threads) {"
            f"const i = thread.rows.indexOf({row});"
            "if (i >= 0) return [box.left + t.painter.x((data.spans.begin[thread.rows"
            "[i]] + data.spans.end[thread.rows[i]]) / 2), box.top + top + HEAD +"
            "thread.depths[i] * LANE + 6];"
            "top += HEAD + thread.deep * LANE; } })()"
        )

    def longest(self) -> int:
        return max(
            range(len(self.data.spans)), key=lambda x: self.data.spans[x]["length"]
        )

    def id_of(self, span: int) -> str:
        key = self.data.key(self.data.spans[span]["await"])
        assert key
        return f"#{key[1] & 0xFFFFFFFF}"


class Pages(Looking):
    def test_timeline(self) -> None:
        self.headers()
        self.open(self.write())
        self.assertEqual(self.text("#title"), str(self.trace))
        self.assertIn("Awaits: 44 created", self.text("#heading"))
        self.tab("timeline")
        row = self.longest()
        at = self.middle_of(row)
        self.browser.mouse("mouseMoved", *at)
        self.browser.drawn()
        self.assertIn(f"{self.id_of(row)} scan_header", self.text("#tip"))
        self.browser.click_at(*at)
        details = self.text("#details")
        self.assertIn(f"{self.id_of(row)} scan_header", details)
        self.assertIn("runs on thread", details)
        self.zoom(at)
        self.drag()
        self.browser.click("#zoom-all")
        self.assertEqual(
            self.window(), [0, self.value("page.timeline.length")], "all is shown"
        )

    def window(self) -> list[float]:
        return self.value("[page.timeline.from, page.timeline.to]")

    def zoom(self, at: tuple[float, float]) -> None:
        """What is below the mouse stays there."""
        time = (
            "page.timeline.painter.time"
            f"({at[0]} - page.timeline.canvas.getBoundingClientRect().left)"
        )
        before, under = self.window(), self.value(time)
        self.browser.mouse("mouseWheel", *at, deltaX=0, deltaY=-400, modifiers=2)
        harness.until(lambda: self.window() != before, "it zooms")
        self.browser.drawn()
        after = self.window()
        self.assertLess(after[1] - after[0], 0.7 * (before[1] - before[0]))
        self.assertAlmostEqual(
            self.value(time), under, delta=(after[1] - after[0]) / 100
        )
        self.browser.value("page.timeline.scroll.focus()")
        for key in "+", "ArrowRight":
            before = self.window()
            self.browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
            self.browser.drawn()
            self.assertGreater(self.window()[0], before[0])

    def drag(self) -> None:
        before = self.window()
        x, y = self.value(
            "(() => { const b = page.timeline.canvas.getBoundingClientRect();"
            "return [b.left + b.width / 2, b.top + b.height - 20]; })()"
        )
        self.browser.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.browser.mouse("mouseMoved", x + 100, y, button="left", buttons=1)
        self.browser.mouse("mouseReleased", x + 100, y, button="left")
        self.browser.drawn()
        after = self.window()
        self.assertLess(after[0], before[0])
        self.assertAlmostEqual(
            after[1] - after[0], before[1] - before[0], delta=before[1] / 1e6
        )

    def test_by_await(self) -> None:
        """A site opens and shows its awaits; a search leaves those that are found."""
        self.synthetic(
            *(
                "create 1 fetch 7",
                "begin 1 fetch 1",
                "end 1 -5 900",
                "create 2 fetch 7",
            ),
            *("create 3 parse 8", "begin 3 parse 1", "end 3 0 900", "create 4 parse 8"),
        )
        self.open(self.write())
        self.tab("timeline")
        self.browser.click('[name="rows"][value="await"]')
        self.assertEqual(self.value("page.timeline.rows.length"), 2)
        x, y = self.value(
            "(() => { const b = page.timeline.canvas.getBoundingClientRect();"
            "return [b.left + 60, b.top + AXIS + 10]; })()"
        )
        self.browser.click_at(x, y)
        self.assertEqual(
            self.value("page.timeline.rows.map((x) => x.high / ROW)")[1], 2
        )
        self.browser.click_at(x, y + 26)  # the first of them
        self.assertIn("#1 fetch", self.text("#details"))
        self.assertIn("failed, error -5", self.text("#details"))
        self.browser.click("#query")
        self.browser.type("parse resolved")
        self.assertEqual(self.text("#found"), "1 awaits")
        self.assertEqual(self.value("page.timeline.rows.length"), 1)
        self.browser.click("#next")
        self.assertIn("#3 parse", self.text("#details"))

    def test_graph_and_flame(self) -> None:
        self.headers()
        self.open(self.write())
        self.tab("graph")
        self.assertEqual(
            self.value(
                "[...document.querySelectorAll('g.node title')]"
                ".map((x) => x.textContent.split(' ')[0]).sort()"
            ),
            ["(in", "scan_header"],
        )
        edges = self.value("document.querySelectorAll('#graph-room path[d^=M]').length")
        self.assertEqual(edges, 1 + len(page_data.waits_of(self.data)))  # the arrow
        self.browser.click_at(
            *self.value(
                "(() => { const b = [...document.querySelectorAll('g.node')]"
                ".find((x) => x.textContent.startsWith('scan_header'))"
                ".getBoundingClientRect(); return [b.x + 30, b.y + 10]; })()"
            )
        )
        self.assertEqual(self.value("byId('query').value"), "scan_header")
        self.assertEqual(self.text("#found"), "44 awaits")
        self.browser.click('[name="graph"][value="end"]')
        self.assertIn("Nothing ran or slept", self.text("#graph-note"))
        self.tab("flame")
        x, y = self.value(
            "(() => { const b = byId('flame-canvas').getBoundingClientRect();"
            "return [b.left + 20, b.top + 2.5 * FLAME]; })()"
        )
        self.browser.click_at(x, y)
        chosen = self.value("page.flame.boxes.find((x) => x.depth === 2)")
        self.assertEqual(chosen["x"], 0)
        self.assertEqual(chosen["width"], self.value("byId('flame-room').clientWidth"))
        self.assertIn("scan_header", self.text("#tip"))

    def test_tables(self) -> None:
        self.headers()
        self.open(self.write())
        self.assertIn("circle", self.text("#first"))
        path = self.data.json["report"]["critical_path"]
        self.assertIn(f"Critical path of hdrscan ({path['pid']})", self.text("#first"))
        self.tab("tables")
        self.browser.click('[data-by="thread"]')
        rows = self.data.json["report"]["threads"]
        for name, value in (
            ("runs", lambda x: x["runs"]),
            ("run_time.max_ns", lambda x: x["run_time"] and x["run_time"]["max_ns"]),
        ):
            for down in True, False:
                self.browser.click(f'th[data-column="{name}"] button')
                known = [x for x in rows if value(x) is not None]
                known.sort(key=value, reverse=down)
                unknown = [x for x in rows if value(x) is None]
                shown = self.value(
                    "[...document.querySelectorAll('#table-room tbody tr')]"
                    ".map((x) => x.cells[0].textContent)"
                )
                values = {str(x["thread"]): value(x) for x in rows}
                self.assertEqual(
                    [values[x] for x in shown], [value(x) for x in known + unknown]
                )
        cells = self.value(
            "[...document.querySelectorAll('#table-room tbody tr')].map((x) =>"
            "[...x.cells].map((y) => y.textContent))"
        )
        self.assertEqual({x.count("?") for x in cells}, {11}, "what is of awaits only")

    def test_looks(self) -> None:
        self.headers()
        self.open(self.write())
        back = "getComputedStyle(document.body).backgroundColor"
        drawn = "page.timeline.painter.colors.back"
        self.tab("timeline")
        for look, page, canvas in (
            ("light", "rgb(255, 255, 255)", "#ffffff"),
            ("dark", "rgb(20, 23, 27)", "#14171b"),
        ):
            self.browser.call(
                "Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": look}],
            )
            harness.until(lambda: self.value(drawn) == canvas, "it is drawn anew")
            self.assertEqual(self.value(back), page)
        pixel = (
            "[...page.timeline.canvas.getContext('2d').getImageData(3, 30, 1, 1).data]"
        )
        self.assertEqual(self.value(pixel), [0x1D, 0x21, 0x26, 0xFF])
        found = []
        for _ in range(3):
            self.browser.click("#look")
            found.append((self.text("#look"), self.value(drawn) == "#ffffff"))
        self.assertEqual(
            found,
            [("look: light", True), ("look: dark", False), ("look: system", False)],
        )

    def test_foreign(self) -> None:
        """Names are texts, wherever they are shown."""
        self.foreign()
        self.open(self.write())
        for tab in "timeline", "graph", "flame", "tables", "first":
            self.tab(tab)
        self.tab("tables")
        shown = self.value(
            "[...document.querySelectorAll('#table-room tbody tr')]"
            ".map((x) => x.cells[0].textContent)"
        )
        self.assertEqual(len(shown), len(FOREIGN))
        for name in FOREIGN[:4]:
            self.assertIn(name.decode(), shown)
        self.assertEqual(self.value("document.images.length"), 0)
        self.assertEqual(self.value("document.scripts.length"), 2)
        # The policy: what would be let in is stopped.
        self.value(
            "document.body.append(Object.assign(document.createElement('script'),"
            "{ textContent: 'window.evil = true' }))"
        )
        self.assertIsNone(self.value("window.evil ?? null"))
        (said,) = self.browser.complaints
        self.assertIn("Content Security Policy", said)
        self.browser.complaints.clear()

    def test_doubts_first(self) -> None:
        self.record_with("--filter", "error == -2")
        self.open(self.write())
        self.assertIn("is unknown", self.text("#heading"))
        top = self.value("byId('heading').getBoundingClientRect().top")
        self.assertLess(top, self.value("byId('query').getBoundingClientRect().top"))
        self.tab("tables")
        self.assertIn("?", self.text("#table-room tbody"))

    def test_too_many(self) -> None:
        self.record_with()
        data = self.write()
        self.page.write_text(
            self.page.read_text()
            .replace('"not_drawn": 0', '"not_drawn": 12', 1)
            .replace('"not_drawn": 0', '"not_drawn": 34', 1)
        )
        self.open(data)
        self.tab("timeline")
        self.assertRegex(self.text("#not-drawn"), "12 awaits .* 34 runs and sleeps")


if __name__ == "__main__":
    tap.main()
