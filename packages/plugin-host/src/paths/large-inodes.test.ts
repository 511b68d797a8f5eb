import type { BigIntStats, Stats } from "node:fs";
import { mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readArtifact } from "../artifact/read-artifact.js";
import type { FileFacts } from "../wasi/ports.js";
import { PathFixture, platforms } from "./path-fixture.test.helper.js";

// A file system whose inodes count from 2^60 on, as those of Windows and of some servers.
const large = vi.hoisted(() => <T extends Stats | BigIntStats>(stats: T): T => {
  if (typeof stats.ino === "bigint") stats.ino += 2n ** 60n;
  else stats.ino += 2 ** 60;
  return stats;
});

/** Called before a file is opened. */
const opening = vi.hoisted(() => ({ before: () => Promise.resolve() }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const fstat = (fd: number, ...rest: unknown[]): void => {
    const done = rest.pop() as (error: unknown, stats?: Stats | BigIntStats) => void;
    const options = { bigint: false, ...(rest[0] as object | undefined) };
    fs.fstat(fd, options, (error, stats) => (error ? done(error) : done(null, large(stats))));
  };
  return { ...fs, fstat };
});

vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof import("node:fs/promises")>();
  return {
    ...fs,
    lstat: async (...args: Parameters<typeof fs.lstat>) => large(await fs.lstat(...args)),
    open: async (...args: Parameters<typeof fs.open>) => {
      await opening.before();
      const handle = await fs.open(...args);
      const stat = handle.stat.bind(handle);
      const largeStat = async (options?: { bigint: boolean }) => large(await stat(options));
      return Object.assign(handle, { stat: largeStat });
    },
  };
});

describe.each(platforms)("files with large inodes, %s", (_, platform) => {
  let at: PathFixture;
  beforeEach(async () => {
    at = await PathFixture.open(platform);
  });
  afterEach(() => at.close());

  it("two files are never taken for one", async () => {
    const identities = new Set<unknown>();
    for (let n = 0; n < 10; n++) {
      await writeFile(at.inGrant(`${n}.vcd`), `${n}`);
      const outcome = await at.contents.stat(`${n}.vcd`);
      identities.add(outcome.kind === "ok" && (outcome.value as FileFacts).identity);
    }
    expect(identities.size).toBe(10);
  });
});

it("an artifact that was replaced while it was opened is not read", async () => {
  const configFolder = await realpath(await mkdtemp(path.join(tmpdir(), "large-inodes-")));
  const component = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  const artifact = path.join(configFolder, "p.wasm");
  const next = path.join(configFolder, "next.wasm");
  await writeFile(artifact, component);
  await writeFile(next, component);
  const builtins = { get: () => undefined, isShipped: () => false };
  const read = () => readArtifact({ artifactPath: "p.wasm", configFolder, builtins });
  expect(await read()).toMatchObject({ ok: true });
  opening.before = () => rename(next, artifact);
  expect(await read()).toMatchObject({ error: { message: expect.stringContaining("was replaced") } });
  opening.before = () => Promise.resolve();
  await rm(configFolder, { recursive: true });
});
