import fs from "node:fs/promises";
import path from "node:path";
import { systemClock, type Disposable } from "@novywave/base";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder, writeTree } from "../testing/temporary-folder.js";
import { createWatchService, type WatchService } from "./watch-service.js";
import type { WatchBackend } from "./watch-thread.js";

/** Batches as they come; `next` waits until one holds what is looked for, so that no test depends on timing. */
class Batches {
  readonly seen: (readonly string[])[] = [];
  #wake: (() => void) | undefined;

  readonly onChange = (paths: readonly string[]): void => {
    this.seen.push(paths);
    this.#wake?.();
  };

  async until(accept: (paths: readonly string[]) => boolean): Promise<readonly string[]> {
    for (;;) {
      const found = this.seen.find(accept);
      this.seen.length = 0;
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const backends: readonly WatchBackend[] = ["directories", "chokidar"];

async function sceneWith(backend: WatchBackend) {
  const folder = await temporaryFolder();
  const root = path.join(folder, "root");
  await fs.mkdir(root);
  const service = createWatchService(systemClock, backend);
  onTestFinished(() => service.close());
  return { folder, root, service, batches: new Batches() };
}

const directoriesScene = () => sceneWith("directories");

async function subscribe(service: WatchService, directory: string, batches: Batches): Promise<Disposable> {
  const watch = await service.subscribe({
    directories: [directory],
    debounceMs: 20,
    onChange: batches.onChange,
  });
  if (!watch.ok) throw new Error(watch.error.message);
  return watch.value;
}

describe.each(backends)("by %s: what is seen", (backend) => {
  const scene = () => sceneWith(backend);

  test("a new file, also in a new folder", async () => {
    const { root, service, batches } = await scene();
    await subscribe(service, root, batches);
    await writeTree(root, { "sub/deep/a.vcd": "x" });
    const file = path.join(root, "sub/deep/a.vcd");
    expect(await batches.until((paths) => paths.includes(file))).toContain(file);
  });

  test("a file that another is renamed over", async () => {
    const { root, service, batches } = await scene();
    const file = path.join(root, "a.vcd");
    await fs.writeFile(file, "before");
    await subscribe(service, root, batches);
    await fs.writeFile(`${file}.tmp`, "after");
    await fs.rename(`${file}.tmp`, file);
    expect(await batches.until((paths) => paths.includes(file))).toContain(file);
  });

  test("files in a watched folder that was deleted and made again", async () => {
    const { root, service, batches } = await scene();
    await subscribe(service, root, batches);
    await fs.rm(root, { recursive: true });
    await batches.until((paths) => paths.includes(root));
    await fs.mkdir(root);
    await batches.until((paths) => paths.includes(root));
    const file = path.join(root, "a.vcd");
    await fs.writeFile(file, "x");
    expect(await batches.until((paths) => paths.includes(file))).toContain(file);
  });

  test("a folder that does not exist yet", async () => {
    const { root, service, batches } = await scene();
    const later = path.join(root, "later");
    await subscribe(service, later, batches);
    await fs.mkdir(later);
    await batches.until((paths) => paths.includes(later));
    await fs.writeFile(path.join(later, "a.vcd"), "x");
    const file = path.join(later, "a.vcd");
    expect(await batches.until((paths) => paths.includes(file))).toContain(file);
  });
});

describe("folders that come and go, where the system tells of entries", () => {
  test("R4.2 a folder that another takes the place of is watched anew", async () => {
    const { folder, root, service, batches } = await directoriesScene();
    await writeTree(folder, { "root/run/a.vcd": "x", "next/b.vcd": "x" });
    await subscribe(service, root, batches);
    await fs.rename(path.join(root, "run"), path.join(folder, "gone"));
    await fs.rename(path.join(folder, "next"), path.join(root, "run"));
    const b = path.join(root, "run/b.vcd");
    await batches.until((paths) => paths.includes(b));
    await fs.writeFile(b, "changed");
    expect(await batches.until((paths) => paths.includes(b))).toEqual([b]);
    await fs.writeFile(path.join(folder, "gone/a.vcd"), "unseen");
    await fs.writeFile(b, "again");
    expect(await batches.until((paths) => paths.includes(b))).toEqual([b]);
  });

  test("R4.2 a root is found again when the folder above it was deleted and made again", async () => {
    const { root, service, batches } = await directoriesScene();
    const inner = path.join(root, "deep/er/inner");
    await fs.mkdir(inner, { recursive: true });
    await subscribe(service, inner, batches);
    for (const text of ["one", "two"]) {
      await fs.rm(path.join(root, "deep"), { recursive: true });
      await batches.until((paths) => paths.includes(inner));
      const file = path.join(inner, `${text}.vcd`);
      await writeTree(inner, { [`${text}.vcd`]: text });
      await batches.until((paths) => paths.includes(file));
      await fs.writeFile(file, "changed");
      expect(await batches.until((paths) => paths.includes(file))).toEqual([file]);
    }
  });

  test("R4.2 many folders made at once are all watched", async () => {
    const { root, service, batches } = await directoriesScene();
    await subscribe(service, root, batches);
    const files = Array.from({ length: 300 }, (_, i) => `a${i % 7}/b${i % 31}/c${i}/f.vcd`);
    await writeTree(root, Object.fromEntries(files.map((file) => [file, "x"])));
    const missing = new Set(files.map((file) => path.join(root, file)));
    await batches.until((paths) => {
      for (const seen of paths) missing.delete(seen);
      return missing.size === 0;
    });
    for (const file of files.slice(0, 20)) {
      await fs.writeFile(path.join(root, file), "changed");
      await batches.until((paths) => paths.includes(path.join(root, file)));
    }
  });
});

describe.each(backends)("by %s: what is not seen", (backend) => {
  const scene = () => sceneWith(backend);

  test("excluded folders and what lies behind links", async () => {
    const { folder, root, service, batches } = await scene();
    const outside = path.join(folder, "outside");
    await fs.mkdir(outside);
    await fs.symlink(outside, path.join(root, "link"));
    await writeTree(root, { "obj_dir/a.vcd": "x", "node_modules/b.vcd": "x" });
    await subscribe(service, root, batches);
    await writeTree(outside, { "c.vcd": "x" });
    await writeTree(root, { "obj_dir/a.vcd": "y", "node_modules/b.vcd": "y", "seen.vcd": "x" });
    const paths = await batches.until((found) => found.includes(path.join(root, "seen.vcd")));
    expect(paths).toEqual([path.join(root, "seen.vcd")]);
  });
});

describe.each(backends)("by %s: sharing", (backend) => {
  const scene = () => sceneWith(backend);

  test("one system watcher serves a folder and what lies in it, until the last one leaves", async () => {
    const { root, service, batches } = await scene();
    await fs.mkdir(path.join(root, "sub"));
    const inner = new Batches();
    const first = await subscribe(service, root, batches);
    const second = await subscribe(service, path.join(root, "sub"), inner);
    expect(service.openWatchers).toBe(1);
    await fs.writeFile(path.join(root, "outer.vcd"), "x");
    await batches.until((paths) => paths.includes(path.join(root, "outer.vcd")));
    await writeTree(root, { "sub/a.vcd": "x" });
    await inner.until((paths) => paths.includes(path.join(root, "sub/a.vcd")));
    expect(inner.seen.flat()).not.toContain(path.join(root, "outer.vcd"));
    first[Symbol.dispose]();
    expect(service.openWatchers).toBe(1);
    second[Symbol.dispose]();
    expect(service.openWatchers).toBe(0);
  });
});

describe.each(backends)("by %s: one file", (backend) => {
  const scene = () => sceneWith(backend);

  test("is seen to appear, change, be replaced and vanish", async () => {
    const { root, service } = await scene();
    const file = path.join(root, ".novywave");
    const batches = new Batches();
    const watch = await service.watchFile(file, 10, () => batches.onChange([file]));
    expect(watch.ok).toBe(true);
    const change = async (act: () => Promise<void>): Promise<void> => {
      await act();
      await batches.until(() => true);
    };
    await change(() => fs.writeFile(file, "a"));
    await change(() => fs.writeFile(file, "bb"));
    await change(async () => {
      await fs.writeFile(`${file}.tmp`, "ccc");
      await fs.rename(`${file}.tmp`, file);
    });
    await change(() => fs.rm(file));
    await change(() => fs.writeFile(file, "d"));
    await change(() => fs.rm(root, { recursive: true }));
    await fs.mkdir(root);
    await change(() => fs.writeFile(file, "e"));
  });
});
