import { createHash } from "node:crypto";
import { mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { toDisposable, type Clock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSettledArtifact, settleMs } from "./settled-artifact.js";

const component = (...rest: number[]): Uint8Array =>
  Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, ...rest]);
const zeros = component(0, 2, 0, 0);
const whole = component(0, 2, 1, 0x78);

describe("an artifact that a build is writing", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "settled-")));
    file = path.join(folder, "p.wasm");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Time stands at `at`; while somebody waits, `meanwhile` happens. */
  const known = new Set<string>();
  const read = async (at: number, ...meanwhile: (() => Promise<void>)[]) => {
    let waits = 0;
    const clock: Clock = {
      now: () => at,
      monotonic: () => at,
      schedule: (_, callback) => {
        waits++;
        const run = async (): Promise<void> => {
          await meanwhile.shift()?.();
          callback();
        };
        void run();
        return toDisposable(() => {});
      },
    };
    const builtins = { get: () => undefined, isShipped: () => false };
    const result = await readSettledArtifact(
      { artifactPath: "p.wasm", configFolder: folder, builtins, isKnown: (sha256) => known.has(sha256) },
      clock,
    );
    return { result, waits };
  };
  const write = async (bytes: Uint8Array, changedAt: number): Promise<void> => {
    await writeFile(file, bytes);
    await utimes(file, changedAt / 1000, changedAt / 1000);
  };
  const now = 1_700_000_000_000;

  it("one that has been quiet is taken as it is", async () => {
    await write(whole, now - settleMs);
    expect(await read(now)).toMatchObject({ result: { ok: true }, waits: 0 });
  });

  it("one that changed just now is read again until it stays the same, whatever it looks like", async () => {
    await write(zeros, now);
    const { result, waits } = await read(now, () => write(whole, now));
    expect(result.ok && result.value.bytes).toEqual(whole);
    expect(waits).toBe(2);
  });

  it("one that was approved is whole, however new its file is", async () => {
    await write(whole, now);
    known.add(createHash("sha256").update(whole).digest("hex"));
    expect(await read(now)).toMatchObject({ result: { ok: true }, waits: 0 });
    // One that is on its way to it is not.
    await write(zeros, now);
    expect(await read(now, () => write(whole, now))).toMatchObject({ result: { ok: true }, waits: 1 });
  });

  it("one that ends in the middle is given time", async () => {
    await write(whole.subarray(0, 10), now);
    expect(await read(now, () => write(whole, now))).toMatchObject({ result: { ok: true } });
  });

  it("its manifest is given time as well, also if the artifact is known", async () => {
    const manifest = 'id = "a.b"\nversion = "1.0.0"\n';
    const writeManifest = async (text: string): Promise<void> => {
      await writeFile(`${file}.toml`, text);
      await utimes(`${file}.toml`, now / 1000, now / 1000);
    };
    await write(whole, now - 5_000);
    known.clear();
    for (const isKnown of [false, true]) {
      if (isKnown) known.add(createHash("sha256").update(whole).digest("hex"));
      await writeManifest(manifest.slice(0, 11));
      const { result, waits } = await read(now, () => writeManifest(manifest));
      expect(result.ok && result.value.manifestText).toBe(manifest);
      expect(waits).toBe(2);
    }
  });

  it("one that stays half is told as what it is; one that is not there is not waited for", async () => {
    await write(whole.subarray(0, 10), now - 5_000);
    expect(await read(now)).toMatchObject({ result: { error: { code: "artifact-truncated" } }, waits: 0 });
    await rm(file);
    expect(await read(now)).toMatchObject({ result: { error: { code: "artifact-missing" } }, waits: 0 });
  });
});
