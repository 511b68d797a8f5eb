import { componentEmbed } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { describe as describeComponent, inspect } from "../index.js";
import { dummyOf } from "../testing/wat.test.helper.js";

const worlds: Readonly<Record<string, string>> = {
  "resources with all kinds of members, used across interfaces": `package t:big@1.0.0;
    interface types {
      resource blob {
        constructor(init: list<u8>);
        size: func() -> u64;
        merge: static func(a: borrow<blob>, b: blob) -> result<blob, string>;
      }
      resource never { constructor() -> result<never, string>; }
      resource empty;
      record point { x: s32, y: option<u8> }
      variant shape { dot(point), %type(string), none }
      enum color { red, dark-blue }
      flags perms { r, w-x }
      type points = list<point>;
      type id = u64;
    }
    interface api {
      use types.{blob, point as dot, shape, color, perms, points};
      make: func(p: dot, s: shape) -> blob;
      look: func(b: borrow<blob>, all: points) -> tuple<color, perms>;
      %list: func(a: result, b: result<_, string>, c: result<u8>, d: char) -> list<list<string>>;
    }
    interface deep { use api.{blob, dot}; f: func(b: blob, d: dot) -> option<option<dot>>; }
    world w { import types; import api; export deep; export api; }`,
  "types and resources of the world, interfaces without a name": `package t:shapes;
    interface types { record point { x: s32 } resource blob; enum color { red } }
    world w {
      use types.{point, blob as bl};
      import host: interface { type h = u32; resource rr { m: func(); } x: func(a: h, r: rr) -> h; }
      import log: func(s: string);
      type alias = point;
      record local { p: point, q: option<alias> }
      import g: func(p: local, b: borrow<bl>) -> bl;
      export run: func(p: point) -> result<local, string>;
      export inner: interface {
        use types.{color};
        resource mine { constructor(x: u8); }
        f: func(c: color) -> mine;
      }
    }`,
  "an interface that is imported and exported": `package t:same;
    interface i { resource r { m: func() -> u32; } f: func(r: r); }
    interface j { use i.{r}; g: func(r: borrow<r>) -> r; }
    world w { import i; export i; export j; }`,
  versions: `package t:v@0.2.3-rc.1;
    interface a { type t = string; record q { t: t } f: func() -> t; }
    interface b { use a.{t, q}; g: func(q: q) -> t; }
    world w { import b; export b; }`,
  "names that are words of WIT": `package t:%world;
    interface %interface { record %record { %type: u8, %func: bool } %use: func(%list: %record) -> %record; }
    world w { import %interface; export %export: func(); }`,
};

/** Lines that mean something, in an order that does not depend on that of the definitions. */
function lines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .toSorted();
}

describe("a description is WIT", () => {
  test.each(Object.entries(worlds))("%s", async (_, wit) => {
    const text = describeComponent(inspect(await dummyOf(wit, "w")));
    expect(text).not.toMatch(/…/);
    // It parses, and a component of the world that it describes is described the same.
    const again = describeComponent(inspect(await dummyOf(text, "root")));
    expect(lines(again)).toEqual(lines(text));
  });

  test("a constructor that can fail says so", async () => {
    const text = describeComponent(inspect(await dummyOf(Object.values(worlds)[0] ?? "", "w")));
    expect(text).toContain("constructor() -> result<never, string>;");
    await expect(componentEmbed({ dummy: true, witSource: text, world: "root" })).resolves.toBeDefined();
  });
});
