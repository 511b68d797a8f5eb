import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, mkdtemp, open, realpath, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BuiltinArtifacts } from "./artifact.js";
import { maxArtifactBytes, readArtifact } from "./read-artifact.js";
import { surveyArtifact } from "./survey-artifact.js";

const component = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
const core = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const sha256 = createHash("sha256").update(component).digest("hex");

describe("artifact_path", () => {
  let root: string;
  let folder: string;
  const builtins: BuiltinArtifacts = {
    get: (name) => (name === "scanner" ? { path: path.join(root, "shipped.wasm"), sha256 } : undefined),
    isShipped: (hash) => hash === sha256,
  };
  const read = async (artifactPath: string) => readArtifact({ artifactPath, configFolder: folder, builtins });
  const failure = async (artifactPath: string) => {
    const result = await read(artifactPath);
    if (result.ok) throw new Error("it was read");
    return result.error;
  };

  const write = (name: string, bytes: Uint8Array | string) => writeFile(path.join(folder, name), bytes);

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "artifact-")));
    folder = path.join(root, "workspace");
    await mkdir(path.join(folder, "dist"), { recursive: true });
    await writeFile(path.join(folder, "dist/p.wasm"), component);
    await writeFile(path.join(root, "outside.wasm"), component);
    await writeFile(path.join(root, "shipped.wasm"), component);
  });
  afterEach(() => rm(root, { recursive: true }));

  it("R6.1 a regular file below the folder is read once and hashed", async () => {
    const result = await read("dist/p.wasm");
    const file = path.join(folder, "dist/p.wasm");
    const found = { path: file, place: file, bytes: component, sha256, size: 8 };
    expect(result).toEqual({ ok: true, value: found });
    await symlink("dist", path.join(folder, "current"));
    const linked = { ...found, place: path.join(folder, "current/p.wasm") };
    expect(await read("./current/p.wasm")).toEqual({ ok: true, value: linked });
  });

  it("a manifest beside it comes with it", async () => {
    await writeFile(path.join(folder, "dist/p.wasm.toml"), 'id = "a.b"');
    const result = await read("dist/p.wasm");
    expect(result.ok && result.value.manifestText).toBe('id = "a.b"');
  });

  it("a manifest beside it that cannot be used is not none: what the plugin asks for is not known", async () => {
    const beside = path.join(folder, "dist/p.wasm.toml");
    const makers: readonly [string, () => Promise<unknown>][] = [
      ["the most is 65536", () => writeFile(beside, "#".repeat(65_537))],
      ["no regular file", () => mkdir(beside)],
      ["no regular file", () => symlink("/dev/null", beside)],
    ];
    for (const [why, make] of makers) {
      await make();
      const result = await read("dist/p.wasm");
      const survey = result.ok ? surveyArtifact(result.value) : result;
      if (!survey.ok) throw new Error(survey.error.message);
      const problem = survey.value.problems.find(({ code }) => code === "manifest-invalid");
      expect(problem?.message).toContain(why);
      expect(problem?.message).toContain(beside);
      expect(survey.value.manifest).toBeUndefined();
      await rm(beside, { recursive: true });
    }
    const without = await read("dist/p.wasm");
    expect(without.ok && surveyArtifact(without.value)).toMatchObject({
      value: { manifest: { source: "imports" } },
    });
  });

  it("a name so long that no manifest can stand beside it has none", async () => {
    const name = `${"n".repeat(250)}.wasm`;
    await writeFile(path.join(folder, "dist", name), component);
    const result = await read(`dist/${name}`);
    expect(result.ok && result.value.manifestProblem).toBeUndefined();
    expect(result.ok).toBe(true);
  });

  it("plugins that ship are read by name, and only with the bytes that shipped", async () => {
    expect((await read("builtin:scanner")).ok).toBe(true);
    expect(await failure("builtin:other")).toMatchObject({ code: "artifact-missing" });
    await writeFile(path.join(root, "shipped.wasm"), Uint8Array.from([...component, 0, 1, 0]));
    expect(await failure("builtin:scanner")).toMatchObject({ code: "artifact-invalid" });
  });

  it("missing, empty, truncated, not WebAssembly, a core module: each has its own message", async () => {
    await write("empty.wasm", "");
    await write("header.wasm", component.subarray(0, 6));
    await write("section.wasm", Uint8Array.from([...component, 0, 100, 1]));
    await write("text.wasm", "hello, I am text");
    await write("core.wasm", core);
    await write("layer.wasm", Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0]));
    const failures = await Promise.all(
      ["none.wasm", "empty.wasm", "header.wasm", "section.wasm", "text.wasm", "core.wasm", "layer.wasm"].map(
        failure,
      ),
    );
    expect(failures.map(({ code }) => code)).toEqual([
      "artifact-missing",
      "artifact-truncated",
      "artifact-truncated",
      "artifact-truncated",
      "not-a-component",
      "core-module",
      "not-a-component",
    ]);
    expect(new Set(failures.map(({ message }) => message)).size).toBe(7);
    expect(failures[3]?.message).toContain("byte 8");
  });

  it("R4.7 a path that leaves the folder is refused: `..`, absolute, links to files and to folders", async () => {
    await symlink("../outside.wasm", path.join(folder, "link.wasm"));
    await symlink(root, path.join(folder, "up"));
    for (const bad of ["../outside.wasm", path.join(root, "outside.wasm"), "link.wasm", "up/outside.wasm"]) {
      expect(await failure(bad), bad).toMatchObject({ code: "artifact-outside" });
    }
    for (const bad of ["a\0b", ""])
      expect(await failure(bad), bad).toMatchObject({ code: "artifact-invalid" });
  });

  it("R4.7 a link out of the folder says nothing of what is there", async () => {
    await mkdir(path.join(root, "locked"), { mode: 0 });
    const targets = ["outside.wasm", "none.wasm", "locked/x", "outside.wasm/x", "."];
    const failures = await Promise.all(
      targets.map(async (target, index) => {
        await symlink(path.join(root, target), path.join(folder, `link${index}`));
        const { code, message } = await failure(`link${index}`);
        return { code, message: message.replace(`link${index}`, "link") };
      }),
    );
    expect(new Set(failures.map((item) => JSON.stringify(item))).size).toBe(1);
    expect(failures[0]).toMatchObject({ code: "artifact-outside" });
  });

  it("a link inside of the folder is fine", async () => {
    await symlink("dist/p.wasm", path.join(folder, "current.wasm"));
    const result = await read("current.wasm");
    expect(result.ok && result.value.path).toBe(path.join(folder, "dist/p.wasm"));
  });

  it("folders and FIFOs are no artifacts, and a FIFO does not block", async () => {
    execFileSync("mkfifo", [path.join(folder, "pipe.wasm")]);
    expect(await failure("pipe.wasm")).toMatchObject({ code: "artifact-invalid" });
    expect(await failure("dist")).toMatchObject({ code: "artifact-invalid" });
  });

  it("a FIFO is not even opened: who waits to write into it goes on waiting", async () => {
    const pipe = path.join(folder, "pipe.wasm");
    execFileSync("mkfifo", [pipe]);
    const order: string[] = [];
    const write = async (): Promise<void> => {
      const handle = await open(pipe, constants.O_WRONLY);
      order.push("the writer went on");
      await handle.close();
    };
    const written = write();
    // The writer's open waits in the thread pool for a reader.
    for (let count = 0; count < 20; count++) await failure("pipe.wasm");
    order.push("read");
    const reader = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    await written;
    await reader.close();
    expect(order).toEqual(["read", "the writer went on"]);
  });

  it("more sections than any tool makes are refused before anything is made of them", async () => {
    await write(
      "many.wasm",
      Uint8Array.from([...component, ...Array.from({ length: 20_001 }, () => [0, 1, 0]).flat()]),
    );
    expect(await failure("many.wasm")).toMatchObject({
      code: "not-a-component",
      message: expect.stringContaining("more than 20000 sections"),
    });
  });

  it("more than 64 MiB is refused without being read", async () => {
    await truncate(path.join(folder, "dist/p.wasm"), maxArtifactBytes + 1);
    expect(await failure("dist/p.wasm")).toMatchObject({
      code: "artifact-too-large",
      message: expect.stringContaining("the most is 67108864"),
    });
  });
});
