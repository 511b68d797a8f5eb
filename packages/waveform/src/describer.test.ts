import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startDescriber } from "./describer.js";

function files(count: number): string[] {
  const folder = mkdtempSync(join(tmpdir(), "novywave-describe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `${i}.vcd`);
    writeFileSync(path, `$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#${i + 1}\n1!\n`);
    return path;
  });
}

const end = (path: number) => ({ ok: true, value: { end: BigInt(path + 1) } });

test("many files are described, one after the other", async () => {
  using describer = startDescriber();
  const described = await Promise.all(files(20).map((path) => describer.describe(path)));
  expect(described).toMatchObject(described.map((_, i) => end(i)));
});

test("a file that is not wanted any more is left out, the others are described", async () => {
  using describer = startDescriber();
  const stops = [0, 1, 2, 3].map(() => new AbortController());
  const answers = files(4).map((path, i) => describer.describe(path, { signal: stops[i]?.signal }));
  // The first is being read, the third waits.
  stops[0]?.abort();
  stops[2]?.abort();
  const cancelled = { ok: false, error: { code: "cancelled" } };
  expect(await Promise.all(answers)).toMatchObject([cancelled, end(1), cancelled, end(3)]);
});

test("what is asked before the end and after it is cancelled", async () => {
  const describer = startDescriber();
  const paths = files(2);
  const answers = paths.map((path) => describer.describe(path));
  describer[Symbol.dispose]();
  answers.push(...paths.map((path) => describer.describe(path)));
  for (const answer of await Promise.all(answers)) {
    expect(answer).toMatchObject({ ok: false, error: { code: "cancelled" } });
  }
});
