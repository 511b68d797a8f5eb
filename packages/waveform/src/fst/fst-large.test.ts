import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readWaveformFile } from "../read-waveform.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { everythingIn } from "../testing/everything.test.support.js";

const FIXTURES = join(import.meta.dirname, "../../../../tests/fixtures/waveforms/fst");
/** Where the block behind the header begins. */
const HEADER_END = 330;
const GAP = 5 * 2 ** 30;

const folder = mkdtempSync(join(tmpdir(), "fst-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function contentOf(path: string): Promise<unknown> {
  const { builder, close } = await readWaveformFile(path);
  try {
    const { signals, loader } = builder;
    const transitions = await loader?.countTransitions();
    await loader?.load(Array.from({ length: signals.length }, (_, signal) => signal));
    return everythingIn(builder, new WaveformQueries(builder), transitions ?? 0);
  } finally {
    close();
  }
}

describe("a file of more than 4 GiB", () => {
  it.each(["counter_default.fst", "blocks.fst"])("%s behind a gap is what it is without", async (name) => {
    const small = join(FIXTURES, name);
    const bytes = readFileSync(small);
    const large = join(folder, name);
    // A block that readers pass over, of zeros that take no place on the disk.
    const gap = Buffer.alloc(9);
    gap[0] = 255;
    gap.writeBigUInt64BE(BigInt(GAP + 8), 1);
    const descriptor = openSync(large, "w");
    writeSync(descriptor, bytes, 0, HEADER_END, 0);
    writeSync(descriptor, gap, 0, gap.length, HEADER_END);
    const rest = HEADER_END + gap.length + GAP;
    ftruncateSync(descriptor, rest);
    writeSync(descriptor, bytes, HEADER_END, bytes.length - HEADER_END, rest);
    closeSync(descriptor);
    expect(await contentOf(large)).toEqual(await contentOf(small));
  });
});
