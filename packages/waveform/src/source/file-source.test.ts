import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileSource } from "./file-source.js";

describe("a file that may not lie behind a link", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "novywave-source-")));
    await mkdir(join(folder, "inside"));
    await mkdir(join(folder, "outside"));
    for (const place of ["inside", "outside"]) await writeFile(join(folder, place, "a.vcd"), place);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = (): string => {
    const source = new FileSource(join(folder, "inside", "a.vcd"), { noLinks: true });
    try {
      return new TextDecoder().decode(source.head(100));
    } finally {
      source.close();
    }
  };

  it("is read where it lies", () => {
    expect(read()).toBe("inside");
  });

  it("is refused when a link took its place", async () => {
    await rm(join(folder, "inside", "a.vcd"));
    await symlink(join(folder, "outside", "a.vcd"), join(folder, "inside", "a.vcd"));
    expect(read).toThrow(expect.objectContaining({ code: "not-readable" }));
  });

  it("is refused when a link took the place of its folder", async () => {
    await rename(join(folder, "inside"), join(folder, "before"));
    await symlink(join(folder, "outside"), join(folder, "inside"));
    expect(read).toThrow(expect.objectContaining({ code: "not-readable" }));
  });
});
