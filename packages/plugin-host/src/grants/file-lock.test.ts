import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withFileLock } from "./file-lock.js";

describe("the lock of a file", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lock-"));
    file = path.join(folder, "f.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is held by one at a time, and gone afterwards, also after a failure", async () => {
    let inside = 0;
    let most = 0;
    const task = async (stillHeld: () => Promise<boolean>): Promise<void> => {
      most = Math.max(most, ++inside);
      expect(await stillHeld()).toBe(true);
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(file, task)));
    expect(most).toBe(1);
    await expect(withFileLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readdir(folder)).toEqual([]);
  });

  it("left behind by a process that was killed, it is taken over, by one of those who wait", async () => {
    await writeFile(`${file}.lock`, "dead");
    let inside = 0;
    const task = async (): Promise<void> => {
      expect(++inside).toBe(1);
      await readFile(`${file}.lock`);
      inside--;
    };
    const patience = { staleMs: 500, waitMs: 10_000 };
    await Promise.all(Array.from({ length: 4 }, () => withFileLock(file, task, patience)));
    expect(await readdir(folder)).toEqual([]);
  });

  it("held by another for too long, it is an error that names it", async () => {
    await writeFile(`${file}.lock`, "busy");
    const patience = { staleMs: 10_000, waitMs: 20 };
    await expect(withFileLock(file, async () => {}, patience)).rejects.toThrow(`${file}.lock is held`);
    expect(await readFile(`${file}.lock`, "utf8")).toBe("busy");
  });
});
