import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PathFixture, platforms, textOf } from "./path-fixture.test.helper.js";

/** Rounds of the thread: each takes a folder away, puts a link in its place, and puts it back. */
const rounds = 5_000;

const swapping = `
  const { workerData, parentPort } = require("node:worker_threads");
  const fs = require("node:fs");
  const { rounds, swaps } = workerData;
  for (let round = 0; round < rounds; round++) {
    for (const { folder, moved, secret } of swaps) {
      fs.renameSync(folder, moved); fs.symlinkSync(secret, folder);
      fs.unlinkSync(folder); fs.renameSync(moved, folder);
    }
    // As fast as it can, then in longer breaths, so that every step of the check is met.
    if (round % 16 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, round % 3);
  }
`;

describe.each(platforms)("R4.7 a thread swaps folders for links while a plugin looks, %s", (_, platform) => {
  let at: PathFixture;
  beforeEach(async () => {
    at = await PathFixture.open(platform);
  });
  afterEach(() => at.close());

  it("and wins nothing, thousands of times", async () => {
    await mkdir(at.inGrant("up/deep"), { recursive: true });
    await writeFile(at.inGrant("up/deep/c.vcd"), "c");
    const swaps = ["sub", "up"].map((name) => ({
      folder: at.inGrant(name),
      moved: at.inGrant(`${name}-moved`),
      secret: at.secret,
    }));
    const swapper = new Worker(swapping, { eval: true, workerData: { rounds, swaps } });
    const ended = once(swapper, "exit");
    let told = 0;
    const leaks = new Set<string>();
    while (swapper.threadId !== -1) {
      const outcomes = await Promise.all([
        at.filesystem.listDir("sub"),
        at.find("."),
        at.find("sub"),
        at.filesystem.listDir("up/deep"),
        at.find("up/deep"),
        at.filesystem.readMetadata("sub/key.vcd"),
        at.filesystem.readMetadata("up/deep/key2.vcd"),
        at.filesystem.readMetadata("sub/b.vcd"),
        at.publish("sub/key.vcd"),
        at.watches.visible(1n, [at.inGrant("sub/deep/x")]).then((value) => ({ kind: "seen", value })),
      ]);
      told += outcomes.filter(({ kind }) => kind === "ok").length;
      // `sub/key.vcd` may be published, and changes below `sub` be told, as what does not exist yet; never as what is outside.
      for (const outcome of outcomes.slice(0, 8))
        if (/key|secret/.test(textOf(outcome))) leaks.add(textOf(outcome));
      for (const outcome of outcomes.slice(8))
        if (textOf(outcome).includes("secret")) leaks.add(textOf(outcome));
    }
    await ended;
    expect([...leaks]).toEqual([]);
    expect(textOf(at.published)).not.toContain(path.basename(at.secret));
    // By names alone a folder that never comes to rest is waited for, and then answered like one that is not there.
    expect(told).toBeGreaterThan(platform.descriptorPaths ? 100 : 0);
  });
});
