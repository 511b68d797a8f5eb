import { describe, expect, it } from "vitest";
import { checkHost, inspect, type ComponentInfo, type Mismatch } from "../index.js";
import { dummyOf } from "../testing/wat.test.helper.js";

const types = `
  record change-notification { subscription-id: u64, paths: list<string> }
  variant host-event { tick, filesystem-change(change-notification) }
  enum level { debug, info }
  flags rights { read, write }`;
const contract = (version = "0.1.0", replace: readonly [string, string][] = []): string => {
  let text = `package novy:plugins@${version};
interface types {${types}}
interface logging { use types.{level}; log: func(level: level, message: string); }
interface files {
  use types.{rights};
  resource file {
    constructor(path: string, rights: rights);
    read: func(bytes: u32) -> result<list<u8>, string>;
    same: static func(a: borrow<file>, b: borrow<file>) -> bool;
  }
  open: func(path: string) -> option<file>;
  pair: func() -> tuple<u8, s32>;
}
interface lifecycle { use types.{host-event}; init: func(); handle-event: func(event: host-event); }
world host { import logging; import files; import clock: func() -> u64; export lifecycle; }
`;
  for (const [from, to] of replace) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
};

const built = async (wit: string, world: string): Promise<ComponentInfo> =>
  inspect(await dummyOf(wit, world));
const host = await built(contract(), "host");

async function check(world: string, wit = contract()): Promise<Mismatch[]> {
  const info = await built(`${wit}\nworld made { ${world} }`, "made");
  return checkHost({ ...info, unsupported: [] }, host);
}

describe("checking a component against a host", () => {
  it("finds nothing to say about a component of the host's own world", async () => {
    expect(checkHost({ ...host, unsupported: [] }, host)).toEqual([]);
    expect(await check("import files; import clock: func() -> u64; export lifecycle;")).toEqual([]);
  });

  it("takes a component of a compatible version, older or newer, and one that exports more", async () => {
    const world = "import logging; export lifecycle; export extra: func();";
    expect(await check(world, contract("0.1.7"))).toEqual([]);
  });

  it("names an interface, a function and a root function that the host does not offer", async () => {
    const wit = contract("0.1.0", [
      ["interface logging {", "interface network { send: func(); }\ninterface logging {"],
    ]);
    expect(await check("import network; export lifecycle;", wit)).toEqual([
      {
        code: "not-offered",
        name: "novy:plugins/network@0.1.0",
        message: "imports `novy:plugins/network@0.1.0`, which this host does not offer",
      },
    ]);
    const newer = contract("0.1.1", [["log: func", "flush: func(); log: func"]]);
    expect(await check("import logging; export lifecycle;", newer)).toEqual([
      {
        code: "not-offered",
        name: "novy:plugins/logging@0.1.1#flush",
        message: "imports `novy:plugins/logging@0.1.1#flush`, a function that this host does not offer",
      },
    ]);
    expect(await check("import now: func() -> u64; export lifecycle;")).toMatchObject([
      { code: "not-offered", name: "now" },
    ]);
  });

  it("names both versions when they are not compatible", async () => {
    expect(await check("import logging; export lifecycle;", contract("0.2.0"))).toEqual([
      {
        code: "version",
        name: "novy:plugins/logging@0.2.0",
        message: "imports `novy:plugins/logging@0.2.0`, but this host offers version 0.1.0",
      },
      {
        code: "version",
        name: "novy:plugins/lifecycle@0.1.0",
        message: "exports version 0.2.0 of `novy:plugins/lifecycle@0.1.0`",
      },
    ]);
  });

  it("names the export that is missing, whole or in part", async () => {
    expect(await check("import logging;")).toEqual([
      {
        code: "not-exported",
        name: "novy:plugins/lifecycle@0.1.0",
        message: "does not export `novy:plugins/lifecycle@0.1.0`",
      },
    ]);
    const less = contract("0.1.0", [["init: func(); ", ""]]);
    expect(await check("export lifecycle;", less)).toEqual([
      {
        code: "not-exported",
        name: "novy:plugins/lifecycle@0.1.0#init",
        message: "does not export `novy:plugins/lifecycle@0.1.0#init`",
      },
    ]);
  });

  it.each([
    [
      "subscription-id: u64",
      "subscription-id: s64",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: field `subscription-id` of record `change-notification`: expected `u64`, found `s64`",
    ],
    [
      ", paths: list<string> }",
      ", paths: list<u32> }",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: element of field `paths` of record `change-notification`: expected `string`, found `u32`",
    ],
    [
      "{ subscription-id: u64, paths",
      "{ subscription: u64, paths",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: field 1 of record `change-notification`: expected `subscription-id`, found `subscription`",
    ],
    [
      "{ tick, filesystem-change(",
      "{ tick, other, filesystem-change(",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: case 2 of variant `host-event`: expected `filesystem-change`, found `other`",
    ],
    [
      "{ tick, filesystem",
      "{ tick(u8), filesystem",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: case `tick` of variant `host-event`: expected `nothing`, found `u8`",
    ],
    [
      "handle-event: func(event: host-event)",
      "handle-event: func(e: host-event)",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: parameter 1: expected `event`, found `e`",
    ],
    [
      "handle-event: func(event: host-event)",
      "handle-event: func(event: host-event) -> bool",
      "exports `novy:plugins/lifecycle@0.1.0#handle-event`: result: expected `nothing`, found `bool`",
    ],
    [
      "enum level { debug, info }",
      "enum level { debug, info, warn }",
      "imports `novy:plugins/logging@0.1.0#log`: case `warn` is not part of enum `level`",
    ],
    [
      "flags rights { read, write }",
      "flags rights { read }",
      "imports `novy:plugins/files@0.1.0#[constructor]file`: flag `write` of flags `rights` is missing",
    ],
    [
      "tuple<u8, s32>",
      "tuple<u8, s64>",
      "imports `novy:plugins/files@0.1.0#pair`: item 2 of result: expected `s32`, found `s64`",
    ],
    [
      "-> result<list<u8>, string>",
      "-> result<list<u8>>",
      "imports `novy:plugins/files@0.1.0#[method]file.read`: err of result: expected `string`, found `nothing`",
    ],
    [
      "open: func(path: string) -> option<file>",
      "open: func(path: string, mode: u8) -> option<file>",
      "imports `novy:plugins/files@0.1.0#open`: expected `func(path: string) -> option<file>`, found `func(path: string, mode: u8) -> option<file>`",
    ],
  ])("says where %s became %s", async (from, to, message) => {
    const [first, ...others] = await check(
      "import logging; import files; export lifecycle;",
      contract("0.1.0", [[from, to]]),
    );
    expect(first).toMatchObject({ code: "type", message });
    expect(others).toEqual([]);
  });

  it("tells resources apart by the names that the interface gives them", async () => {
    const wit = contract("0.1.0", [
      ["same: static func(a: borrow<file>", "same: static func(a: borrow<other>"],
      ["resource file {", "resource other; resource file {"],
    ]);
    expect(await check("import files; export lifecycle;", wit)).toMatchObject([
      {
        code: "type",
        message:
          "imports `novy:plugins/files@0.1.0#[static]file.same`: parameter `a`: expected `borrow<file>`, found `borrow<other>`, another resource",
      },
    ]);
  });

  it("names a function where an interface is offered, and the other way round", async () => {
    expect(await check("import clock: interface { now: func(); } export lifecycle;")).toMatchObject([
      {
        code: "type",
        name: "clock",
        message: "imports `clock` as an interface, but this host offers a function",
      },
    ]);
  });

  it("names the features that the engine refuses", async () => {
    expect(checkHost({ ...host, unsupported: [{ feature: "the async ABI", offset: 12 }] }, host)).toEqual([
      {
        code: "unsupported",
        name: "",
        message: "uses the async ABI (byte 12), which the engine does not support",
      },
    ]);
  });

  it("ends with 100 mismatches, however many a component has", async () => {
    const imports = Array.from({ length: 150 }, (_, i) => `import fn${i}: func();`).join(" ");
    expect(await check(`${imports} export lifecycle;`)).toHaveLength(100);
  });
});
