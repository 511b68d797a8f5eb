import { symlink } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PathFixture, platforms } from "./path-fixture.test.helper.js";

/** First arguments of all calls into the file system that the code under test makes. */
const calls = vi.hoisted(() => new Set<string>());

function observed<T extends object>(module: T): T {
  const watched: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(module)) {
    watched[name] =
      typeof value === "function"
        ? Object.assign((...args: unknown[]): unknown => {
            if (typeof args[0] === "string") calls.add(args[0]);
            return Reflect.apply(value, undefined, args);
          }, value)
        : value;
  }
  return { ...module, ...watched };
}

vi.mock("node:fs", async (original) => observed(await original<typeof import("node:fs")>()));
vi.mock("node:fs/promises", async (original) =>
  observed(await original<typeof import("node:fs/promises")>()),
);

describe.each(platforms)("R4.7 what is outside is not even looked up, %s", (_, platform) => {
  let at: PathFixture;
  beforeEach(async () => {
    at = await PathFixture.open(platform);
    await symlink(at.secret, at.inGrant("out"));
    await symlink("out", at.inGrant("sub/chain"));
  });
  afterEach(() => at.close());

  /** The calls that the answers about a path take. */
  const taken = async (text: string): Promise<readonly string[]> => {
    calls.clear();
    await at.ask(text);
    return [...calls];
  };

  it("whatever a plugin names, the file system is asked for paths in the grant alone", async () => {
    const texts = [
      at.secret,
      `${at.secret}/key.vcd`,
      "..",
      "../none",
      "/etc/passwd",
      "/proc/self/root",
      "out/key.vcd",
      "out/none",
      "sub/chain/deep/key2.vcd",
      ".",
      "sub/b.vcd",
    ];
    calls.clear();
    for (const text of texts) await at.ask(text);
    await at.watches.visible(
      1n,
      texts.map((text) => path.resolve(at.granted, text)),
    );
    expect(calls.has(at.inGrant("sub/b.vcd"))).toBe(true);
    const elsewhere = [...calls].filter(
      (call) =>
        call !== at.granted && !call.startsWith(`${at.granted}/`) && !/^\/proc\/self\/fd\/\d+$/.test(call),
    );
    expect(elsewhere).toEqual([]);
    // Behind the link nothing is asked for either: its own target is all that the link is followed to.
    expect([...calls].filter((call) => call.includes("/out/") || call.includes("/chain/"))).toEqual([]);
  });

  it("a name that exists outside takes the same calls as one that does not", async () => {
    for (const folder of [at.secret, "out", "sub/chain", "/etc"]) {
      expect(await taken(`${folder}/key.vcd`)).toEqual(await taken(`${folder}/none`));
    }
  });
});
