import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../artifact/artifact.js";
import { HostFixture, once } from "../testing/host-fixture.test.helper.js";
import { artifactOf } from "../testing/puppet.test.helper.js";
import { withDefaults } from "../limits.js";
import type { AdapterName } from "./world.js";

/** A plugin of the world in the text format; `bodies` are those of its exports, which do nothing where none is given. */
async function plugin(
  world: AdapterName,
  exports: Readonly<Record<string, string>>,
  bodies: Readonly<Record<string, string>>,
  imports = "",
): Promise<Artifact> {
  const functions = Object.entries(exports).map(
    ([name, params]) => `(func (export "${name}") ${params} ${bodies[name] ?? ""})`,
  );
  const core = `(module
    ${imports}
    (memory (export "memory") 1)
    (global $room (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $room (i32.add (global.get $room) (i32.const 4096)))
      (drop (memory.grow (i32.const 1)))
      (global.get $room))
    ;; list<string>: "." and "/etc"
    (data (i32.const 64) "./etc")
    (data (i32.const 128) "\\40\\00\\00\\00\\01\\00\\00\\00\\41\\00\\00\\00\\04\\00\\00\\00")
    ${functions.join("\n")})`;
  const witSource = await readFile(new URL(`../../adapters/${world}.wit`, import.meta.url), "utf8");
  return artifactOf(
    await componentNew(await componentEmbed({ binary: await parse(core), witSource, world: "plugin" })),
  );
}

const discovery = {
  init: "(local $i i32)",
  "refresh-opened-files": "",
  "paths-discovered": "(param i32 i32)",
  shutdown: "",
};
const watcher = {
  init: "",
  "refresh-opened-files": "",
  "watched-files-changed": "(param i32 i32)",
  shutdown: "",
};
const register =
  '(import "novywave:files-discovery/host" "register-watched-directories" (func $register (param i32 i32 i32)))';
const forever = "(loop $spin (br $spin))";

describe("hostile plugins of NovyWave 0.2", () => {
  let fixture: HostFixture;
  beforeEach(async () => {
    fixture = await HostFixture.open("in-process");
  });
  afterEach(() => fixture.close());

  it("that never return from `paths-discovered` are ended, with the evidence", async () => {
    const bodies = {
      init: "(call $register (i32.const 128) (i32.const 1) (i32.const 0))",
      "paths-discovered": forever,
    };
    const artifact = await plugin("files-discovery", discovery, bodies, register);
    await writeFile(path.join(fixture.workspace, "a.vcd"), "");
    const instance = await fixture.start(artifact, { limits: withDefaults({ callDeadlineMs: 200 }) });
    const failure = await once(instance.died);
    expect(failure).toMatchObject({
      code: "deadline",
      export: "paths-discovered",
      limit: { name: "call_deadline_ms", value: 200 },
    });
  });

  it("that trap when other files are open come to their end", async () => {
    const bodies = { "refresh-opened-files": "unreachable" };
    const instance = await fixture.start(await plugin("reload-watcher", watcher, bodies));
    const died = once(instance.died);
    instance.openedFilesChanged();
    expect(await died).toMatchObject({ code: "trap", export: "refresh-opened-files" });
  });

  it("that hand over a path longer than any live on, and what they did is told", async () => {
    const bodies = {
      init: `(i32.store (i32.const 136) (i32.const 4096)) (i32.store (i32.const 140) (i32.const 20000))
        (call $register (i32.const 128) (i32.const 2) (i32.const 60000))`,
    };
    const instance = await fixture.start(await plugin("files-discovery", discovery, bodies, register));
    expect(fixture.watches.map(({ directories }) => directories)).toEqual([[fixture.workspace]]);
    expect(fixture.hostLog).toEqual([
      expect.objectContaining({ message: expect.stringContaining("is not watched") as unknown }),
    ]);
    await instance.shutdown();
  });

  it("that register without end hold one registration, and what is too much is counted", async () => {
    const bodies = {
      init: `(loop $again
        (call $register (i32.const 128) (i32.const 2) (i32.const 60000))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 300))))`,
    };
    const limits = withDefaults({ hostCallsPerSecond: 10, watchedFolders: 1 });
    const instance = await fixture.start(await plugin("files-discovery", discovery, bodies, register), {
      limits,
    });
    expect(fixture.watches.filter(({ open }) => open).length).toBeLessThanOrEqual(1);
    expect(fixture.watches.every(({ directories }) => directories.join() === fixture.workspace)).toBe(true);
    expect(Object.values(instance.stats.shed).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    // Said, but not as often as it happened.
    expect(fixture.hostLog.some(({ message }) => message.includes('"/etc" is not watched'))).toBe(true);
    expect(fixture.hostLog.length).toBeLessThan(200);
    await instance.shutdown();
    expect(fixture.watches.some(({ open }) => open)).toBe(false);
  });
});
