import fs from "node:fs/promises";
import path from "node:path";
import { systemClock, type Disposable } from "@novywave/base";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder, writeTree } from "../testing/temporary-folder.js";
import { createWatchService, type WatchService } from "./watch-service.js";

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

async function scene() {
  const folder = await temporaryFolder();
  const root = path.join(folder, "root");
  await fs.mkdir(root);
  const service = createWatchService(systemClock);
  onTestFinished(() => service.close());
  return { folder, root, service, batches: new Batches() };
}

async function subscribe(service: WatchService, directory: string, batches: Batches): Promise<Disposable> {
  const watch = await service.subscribe({
    directories: [directory],
    debounceMs: 20,
    onChange: batches.onChange,
  });
  if (!watch.ok) throw new Error(watch.error.message);
  return watch.value;
}

describe("what is seen", () => {
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

describe("what is not seen", () => {
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

describe("sharing", () => {
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

describe("one file", () => {
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
