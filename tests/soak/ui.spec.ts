import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, type CDPSession, type Page } from "@playwright/test";
import { addAll, collectProblems, drawn, file, openLab, timeline, vcd, type Lab } from "../support/page.js";

// 20 seconds in `npm test`; `npm run soak` asks for minutes.
const seconds = Number(process.env["NOVYWAVE_SOAK_SECONDS"] ?? "20");

const KEYS = [
  "w",
  "s",
  "a",
  "d",
  "W",
  "S",
  "A",
  "D",
  "e",
  "q",
  "r",
  "z",
  "f",
  "ArrowUp",
  "ArrowDown",
  "Alt+ArrowUp",
];

/** A run of `ticks` ticks: a clock, a counter, a curve. */
function waveform(ticks: number): string {
  const changes: string[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    changes.push(`#${tick}`, `${tick & 1}!`, `b${(tick % 4096).toString(2)} #`, `r${Math.sin(tick / 50)} r`);
  }
  return vcd("1ns", ["wire 1 ! clk", "wire 12 # count [11:0]", "real 64 r level"], changes);
}

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab({ "run.vcd": waveform(2_000) });
});

test.afterAll(() => lab?.close());

test("a day at the waves, in short: no error, no growing heap, and it still answers", async ({
  page,
  context,
}) => {
  test.setTimeout((seconds + 120) * 1_000);
  const problems = collectProblems(page);
  await page.goto(lab.serving.url);
  await file(page, "run.vcd").click();
  await addAll(page, 3);
  await drawn(page, 3);
  const other = await context.newPage();
  const otherProblems = collectProblems(other);
  await other.goto(lab.serving.url);
  await page.bringToFront();

  const inspector = await context.newCDPSession(page);
  const random = linearCongruential(7);
  const heaps: number[] = [];
  const ends = Date.now() + seconds * 1_000;
  let round = 0;
  do {
    round += 1;
    await play(page, random, 60);
    const target = path.join(lab.sandbox.workspace, "run.vcd");
    await writeFile(`${target}.tmp`, waveform(round % 2 === 0 ? 2_000 : 2_500));
    const before = Number(await timeline(page).getAttribute("data-revision"));
    await rename(`${target}.tmp`, target);
    await expect
      .poll(async () => Number(await timeline(page).getAttribute("data-revision")))
      .toBeGreaterThan(before);
    // A second tab that is loaded again and again, sometimes while the file is read.
    await other.reload();
    await drawn(page, 3);
    heaps.push(await heapOf(inspector));
  } while (Date.now() < ends);

  await drawn(other, 3);
  await page.keyboard.press("r");
  await page.keyboard.press("w");
  await drawn(page, 3);
  expect(problems).toEqual([]);
  expect(otherProblems).toEqual([]);
  // The first rounds fill caches; from then on the heap has to stay where it is.
  const settled = Math.max(...heaps.slice(0, 3));
  const last = Math.min(...heaps.slice(-3));
  expect(last, `heap after each round, in bytes: ${heaps.join(", ")}`).toBeLessThan(settled * 1.3 + 4e6);
});

/** Pans, zooms, jumps and points about, as fast as the page takes it. */
async function play(page: Page, random: () => number, steps: number): Promise<void> {
  const box = await timeline(page).boundingBox();
  if (!box) throw new Error("the timeline is not visible");
  const at = () => [box.x + random() * box.width, box.y + 30 + random() * 100] as const;
  for (let step = 0; step < steps; step++) {
    const choice = random();
    if (choice < 0.7) await page.keyboard.press(KEYS[Math.floor(random() * KEYS.length)] ?? "r");
    else if (choice < 0.85) {
      await page.mouse.move(...at());
      if (random() < 0.5) await page.keyboard.down("Control");
      await page.mouse.wheel((random() - 0.5) * 400, (random() - 0.5) * 400);
      await page.keyboard.up("Control");
    } else if (choice < 0.95) await page.mouse.click(...at());
    else {
      await page.keyboard.press("p");
      await page.keyboard.press("Control+k");
      await page.keyboard.press("Escape");
    }
  }
}

async function heapOf(inspector: CDPSession): Promise<number> {
  await inspector.send("HeapProfiler.collectGarbage");
  const { usedSize } = await inspector.send("Runtime.getHeapUsage");
  return usedSize;
}

/** The same session every time. Knuth's constants. */
function linearCongruential(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
