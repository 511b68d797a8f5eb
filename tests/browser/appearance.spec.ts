import { expect, test, type Page } from "@playwright/test";
import { addAll, drawn, file, openLab, row, vcd, type Lab } from "../support/page.js";

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({
    "a.vcd": vcd(
      "1ns",
      ["wire 1 ! clk", "wire 8 # data [7:0]", "real 64 r level"],
      ["#0", "0!", "b101 #", "r1 r", "#10", "1!", "b1111 #", "r3 r", "#40"],
    ),
    "notes.vcd": "no waveform at all",
  });
});

test.afterAll(() => lab?.close());

for (const scheme of ["dark", "light"] as const) {
  test(`text can be read on ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(lab.serving.url);
    await file(page, "a.vcd").click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
    await expect(page.getByTestId("variables")).toBeVisible();
    // WCAG 2.2, 1.4.3: 4.5 to 1 for text of this size.
    expect(weakerThan(4.5, await page.evaluate(textColours))).toEqual([]);
    // 1.4.11: what has to be told apart and is no text has 3 to 1.
    expect(weakerThan(3, await page.evaluate(waveColours))).toEqual([]);
  });
}

test("everything is larger in a very wide window and by the text size; rows stay beside their waves and can be dragged", async ({
  page,
}) => {
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await addAll(page, 3);
  await drawn(page, 3);
  const usual = await measure(page);
  expect(usual.heights).toEqual([24, 24, 72]);
  for (const width of [2560, 3840]) {
    await page.setViewportSize({ width, height: 1200 });
    // The text follows the window at once, the rows when the page is told of it.
    await expect.poll(async () => (await measure(page)).heights[0]).toBeGreaterThan(width > 3000 ? 32 : 26);
    await drawn(page, 3);
    const wide = await measure(page);
    expect(wide.text).toBeGreaterThan(usual.text * (width > 3000 ? 1.35 : 1.1));
    expect(wide.aligned).toBe(true);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press(">");
  await expect.poll(async () => (await measure(page)).heights[0]).toBe(28);
  expect((await measure(page)).aligned).toBe(true);
  await page.reload();
  await drawn(page, 3);
  expect((await measure(page)).heights[0]).toBe(28);
  await page.keyboard.press("<");
  await expect.poll(async () => (await measure(page)).heights[0]).toBe(24);

  // Rows are put in order by dragging them, and variables are dropped between them.
  const names = () =>
    page
      .getByRole("grid")
      .getByRole("row")
      .evaluateAll((rows) => rows.map((element) => element.getAttribute("aria-label")));
  expect(await names()).toEqual(["top.clk", "top.data[7:0]", "top.level"]);
  await row(page, "top.level")
    .locator(".row-name")
    .dragTo(row(page, "top.clk"), { targetPosition: { x: 40, y: 3 } });
  await expect.poll(names).toEqual(["top.level", "top.clk", "top.data[7:0]"]);
  await page
    .getByRole("option", { name: "top.clk" })
    .dragTo(row(page, "top.data[7:0]"), { targetPosition: { x: 40, y: 20 } });
  await expect.poll(names).toEqual(["top.level", "top.clk", "top.data[7:0]", "top.clk"]);
});

test("whoever wants no motion gets none", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await expect(page.getByTestId("variables")).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((animation) => animation.playState === "running").length,
  );
  expect(moving).toBe(0);
});

test("everything that can be used has a name; 1000 pixels are enough", async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 600 });
  await page.goto(lab.serving.url);
  await file(page, "a.vcd").click();
  await expect(page.getByTestId("variables")).toBeVisible();
  await page.keyboard.press("p");
  await expect(page.getByTestId("plugin:novywave.hello_world")).toBeVisible();
  const nameless = await page
    .locator("button, input, [role=treeitem], [role=option], [role=row], [role=switch], [role=separator]")
    .evaluateAll((elements) =>
      elements
        .filter((element) => {
          // The check box behind a switch is for forms, not for people.
          if (element.getAttribute("aria-hidden") === "true") return false;
          const labelled = element.getAttribute("aria-labelledby");
          const text =
            labelled === null ? element.textContent : document.getElementById(labelled)?.textContent;
          const label = element.closest("label")?.textContent;
          return [element.getAttribute("aria-label"), text, label].every((name) => !name?.trim());
        })
        .map((element) => element.outerHTML.slice(0, 200)),
    );
  expect(nameless).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  const box = await page.getByTestId("timeline").boundingBox();
  expect(box?.width).toBeGreaterThan(60);
});

/** Heights of the rows in pixels, size of their text, and whether canvas and list begin at the same line. */
async function measure(page: Page): Promise<{ heights: number[]; text: number; aligned: boolean }> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll<HTMLElement>("[data-testid^='row:']")];
    const header = document.querySelector(".rows-header")?.getBoundingClientRect();
    const canvas = document.querySelector("[data-testid=timeline]")?.getBoundingClientRect();
    const first = rows[0]?.getBoundingClientRect();
    // The canvas paints its ruler as high as --bar says.
    const ruler = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--bar"));
    return {
      heights: rows.map((element) => element.getBoundingClientRect().height),
      text: rows[0] ? Number.parseFloat(getComputedStyle(rows[0]).fontSize) : 0,
      aligned: header?.top === canvas?.top && first?.top === (canvas?.top ?? 0) + ruler,
    };
  });
}

interface Pair {
  readonly what: string;
  /** CSS colours. */
  readonly front: string;
  readonly behind: string;
}

/** Each visible text and what is behind it. Runs in the page. */
function textColours(): Pair[] {
  return [...document.querySelectorAll("#root *")]
    .filter((element) => {
      const text = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      return (
        text && element.getBoundingClientRect().width > 0 && getComputedStyle(element).visibility !== "hidden"
      );
    })
    .map((element) => {
      let ground: Element | null = element;
      // What is not opaque lets its parent through; it is weak enough to be left out of the count.
      while (ground && getComputedStyle(ground).backgroundColor.startsWith("rgba"))
        ground = ground.parentElement;
      return {
        what: `${element.className}: ${element.textContent?.slice(0, 30)}`,
        front: getComputedStyle(element).color,
        behind: ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)",
      };
    });
}

/** Each kind of wave on the canvas. Runs in the page. */
function waveColours(): Pair[] {
  const style = getComputedStyle(document.documentElement);
  return [
    "digital",
    "bus",
    "bus-text",
    "unknown",
    "high-impedance",
    "analog",
    "event",
    "cursor",
    "ruler-text",
  ].map((name) => ({
    what: name,
    front: style.getPropertyValue(`--wave-${name}`),
    behind: style.getPropertyValue("--wave-background"),
  }));
}

/** The pairs whose contrast (WCAG 2.2, "contrast ratio") is below `least`. */
function weakerThan(least: number, pairs: readonly Pair[]): string[] {
  expect(pairs.length).toBeGreaterThan(5);
  return pairs.flatMap(({ what, front, behind }) => {
    const [light = 1, dark = 0] = [luminance(front), luminance(behind)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    return ratio < least ? [`${what} (${front} on ${behind}): ${ratio.toFixed(2)}`] : [];
  });
}

/** Relative luminance of `#rrggbb`, `#rgb` or `rgb(r, g, b)`. */
function luminance(css: string): number {
  const hex = /^\s*#(..?)(..?)(..?)\s*$/.exec(css)?.slice(1);
  const parts = hex
    ? hex.map((part) => Number.parseInt(part.padStart(2, part), 16))
    : (css.match(/[\d.]+/g) ?? []).map(Number);
  const [r = Number.NaN, g = Number.NaN, b = Number.NaN] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const sum = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  if (Number.isNaN(sum)) throw new Error(`"${css}" is no colour that this test reads`);
  return sum;
}
