import { describe, expect, test } from "vitest";
import {
  compile,
  describe as describeComponent,
  EngineError,
  findCompatibleName,
  fromTransferable,
  inspect,
  instantiate,
  type Instance,
} from "./index.js";
import { guest, lift } from "./testing/guests.test.helper.js";
import { call, dummyOf, run, wat } from "./testing/wat.test.helper.js";

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A component that imports interface `name` with `f: func() -> u32`, and exports `g`, which calls it. */
function importing(name: string, func = "f"): string {
  return guest(
    `(import "h" "f" (func $f (result i32))) (func (export "g") (result i32) (call $f))`,
    lift("g", "(result u32)"),
    {
      imports: `(import "${name}" (instance $x (export "${func}" (func (result u32))))) (alias export $x "${func}" (func $f))`,
      lowered: "(core func $lf (canon lower (func $f)))",
      args: '(with "h" (instance (export "f" (func $lf))))',
    },
  );
}

describe("imports", () => {
  test("a missing interface, a missing function and a value that is no function are named", async () => {
    const component = await compile(await wat(importing("a:b/c@1.0.0", "do-it")));
    const errors = [{}, { "a:b/c@1.0.0": {} }, { "a:b/c@1.0.0": { doIt: 5 } }, { "a:b/c@1.0.0": 5 }].map(
      (imports) => caught(() => instantiate(component, imports)),
    );
    expect(errors.map((error) => error.code)).toEqual([
      "missing-import",
      "missing-import",
      "bad-import",
      "bad-import",
    ]);
    expect(errors[0]?.message).toBe("the component imports a:b/c@1.0.0, which is not given");
    expect(errors[1]?.message).toBe("the component imports a:b/c@1.0.0#do-it, which is not given");
    expect(errors[2]?.message).toMatch(/a:b\/c@1\.0\.0#do-it must be a function/);
  });

  test.each([
    ["1.2.0", "1.5.0", true],
    ["1.5.0", "1.2.0", true],
    ["0.1.3", "0.1.0", true],
    ["0.1.0", "0.2.0", false],
    ["0.0.1", "0.0.2", false],
    ["1.0.0", "2.0.0", false],
    ["1.0.0", "1.0.1-rc.1", false],
    ["0.2.3", "0.2.12", true],
    ["0.2.12", "0.2.3", true],
    ["0.2.3", "0.3.0", false],
    ["0.1.0", "0.1.7", true],
    ["1.0.0-rc.1", "1.0.0-rc.1", true],
    ["1.0.0-rc.1", "1.0.0-rc.2", false],
    ["1.0.0-rc.1", "1.0.0", false],
    ["1.0.0+build.1", "1.0.0+build.2", true],
    ["10.0.0", "1.0.0", false],
  ])("%s asked for, %s given: %s", async (wanted, given, fits) => {
    const component = await compile(await wat(importing(`a:b/c@${wanted}`)));
    const link = (): Instance => instantiate(component, { [`a:b/c@${given}`]: { f: () => 7 } });
    if (fits) expect(call(link(), "g")()).toBe(7);
    else expect(caught(link).code).toBe("missing-import");
  });

  test("the exact version wins, then the highest", () => {
    const names = ["a:b/c@1.1.0", "a:b/c@1.9.0", "a:b/c@1.10.0", "a:b/other@1.0.0"];
    expect(findCompatibleName(names, "a:b/c@1.0.0")).toBe("a:b/c@1.10.0");
    expect(findCompatibleName(names, "a:b/c@1.1.0")).toBe("a:b/c@1.1.0");
    expect(findCompatibleName(names, "a:b/c@2.0.0")).toBeUndefined();
    expect(findCompatibleName(names, "a:b/c")).toBeUndefined();
  });

  test("what every function has is no import either", async () => {
    const component = await compile(
      await wat('(component (import "a:b/c" (instance (export "call" (func)) (export "bind" (func)))))'),
    );
    expect(caught(() => instantiate(component, { "a:b/c": () => undefined })).code).toBe("missing-import");
  });

  test("what every object has is no import", async () => {
    for (const name of ["to-string", "constructor", "has-own-property", "value-of"]) {
      const component = await compile(await wat(importing("a:b/c", name)));
      expect(caught(() => instantiate(component, { "a:b/c": {} })).code).toBe("missing-import");
    }
    const root = await compile(await wat('(component (import "to-string" (func)))'));
    expect(caught(() => instantiate(root, {})).code).toBe("missing-import");
  });

  test("methods of a class are found, and called on their object", async () => {
    class Host {
      readonly #value = 41;
      doIt(): number {
        return this.#value + 1;
      }
    }
    const instance = await run(importing("a:b/c", "do-it"), { "a:b/c": new Host() });
    expect(call(instance, "g")()).toBe(42);
  });

  test("functions of the world are taken by camelCase or by WIT name", async () => {
    const text = guest(
      `(import "h" "f" (func $f (result i32))) (func (export "g") (result i32) (call $f))`,
      lift("g", "(result u32)"),
      {
        imports: '(import "log-info" (func $f (result u32)))',
        lowered: "(core func $lf (canon lower (func $f)))",
        args: '(with "h" (instance (export "f" (func $lf))))',
      },
    );
    expect(call(await run(text, { logInfo: () => 1 }), "g")()).toBe(1);
    expect(call(await run(text, { "log-info": () => 2 }), "g")()).toBe(2);
  });

  test("an interface of types alone needs nothing", async () => {
    const instance = await run(
      '(component (import "a:b/types" (instance (export "t" (type (eq u32))))))'
        .replace("(eq u32)", "(eq $t)")
        .replace("(component", "(component (type $t u32)")
        .replace("(instance (export", "(instance (alias outer 1 $t (type $t)) (export"),
    );
    expect(Object.keys(instance.exports)).toEqual([]);
  });
});

describe("exports", () => {
  test("a function named then makes nothing a promise", async () => {
    const instance = await run(
      guest(
        '(func (export "then") (result i32) (i32.const 5))',
        `(func $t (result u32) (canon lift (core func $i "then"))) (export "then" (func $t))
         (instance $x (export "then" (func $t))) (export "a:b/c" (instance $x))`,
      ),
    );
    for (const object of [instance, instance.exports, instance.exports["a:b/c"]]) {
      expect(await Promise.resolve(object)).toBe(object);
    }
    expect(call(instance, "then_")()).toBe(5);
    expect(call(instance, "then_", "a:b/c")()).toBe(5);
  });

  test("names of what every object has are only names", async () => {
    const instance = await run(
      guest(
        '(func (export "f") (result i32) (i32.const 5))',
        `(func $f (result u32) (canon lift (core func $i "f"))) (export "constructor" (func $f)) (export "to-string" (func $f)) (export "value-of" (func $f))`,
      ),
    );
    expect(Object.getPrototypeOf(instance.exports)).toBeNull();
    expect(Object.keys(instance.exports)).toEqual(["constructor", "toString", "valueOf"]);
    expect(Object.isFrozen(instance.exports)).toBe(true);
  });

  test("names that would end a line, a string or an argument list are only text, or refused", async () => {
    const odd = [
      "__proto__",
      'a"b',
      "a'b",
      "a`b",
      "a\\b",
      "a\nb",
      "a\u2028b",
      "a\u0000b",
      "🦀",
      "a b",
      "${x}",
      "",
    ];
    for (const name of odd) {
      const bytes = await wat('(component (import "zzzzzzzz" (func)))');
      const text = new TextEncoder().encode(name);
      const at = Buffer.from(bytes).indexOf("zzzzzzzz");
      // The section holds a count, the form and the length of the name, the name, and the type of the import.
      const head = bytes.subarray(0, at - 5);
      const tail = bytes.subarray(at + 8);
      const section = [1, 0, text.length, ...text, ...tail.subarray(0, 2)];
      const made = Uint8Array.from([...head, 10, section.length, ...section, ...tail.subarray(2)]);
      const error = caught(() => inspect(made));
      expect([name, error.code]).toEqual([name, "invalid"]);
      for (const char of "\n\u2028\u0000") expect(error.message).not.toContain(char);
    }
  });

  test("core modules may use such names, also for what is linked", async () => {
    const odd = ["then", "__proto__", "constructor", "toString", "a\\22b", "a'b", "a\\0ab", "🦀", ""];
    for (const name of odd) {
      const instance = await run(
        `(component
          (core module $A (func (export "${name}") (result i32) (i32.const 7)))
          (core module $B (import "${name}" "${name}" (func $f (result i32))) (func (export "f") (result i32) (call $f)))
          (core instance $a (instantiate $A))
          (core instance $b (instantiate $B (with "${name}" (instance $a))))
          (func (export "f") (result u32) (canon lift (core func $b "f"))))`,
      );
      expect(call(instance, "f")()).toBe(7);
    }
  });

  test("a component that passes on an import runs nothing of its own", async () => {
    const instance = await run(
      '(component (import "f" (func $f (param "x" string) (result string))) (export "g" (func $f)))',
      {
        f: (x: unknown) => `${String(x)}!`,
      },
    );
    expect(call(instance, "g")("a")).toBe("a!");
  });
});

/** Answers with the string it is given. */
function echoing(encoding: string): string {
  return guest(
    '(func (export "f") (param i32 i32) (result i32) (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1)) (i32.const 64))',
    `(func (export "f") (param "x" string) (result string) (canon lift (core func $i "f") (memory $m) (realloc $r) string-encoding=${encoding}))`,
  );
}

describe("nested components", () => {
  const doubler = `(component $doubler
    (import "next" (func $next (param "x" u32) (result u32)))
    (core func $ln (canon lower (func $next)))
    (core module $M (import "h" "next" (func $next (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (i32.mul (i32.const 2) (call $next (local.get 0)))))
    (core instance $i (instantiate $M (with "h" (instance (export "next" (func $ln))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))`;

  test("the same component instantiated twice, in a chain that ends at the host", async () => {
    const instance = await run(
      `(component (import "f" (func $f (param "x" u32) (result u32))) ${doubler}
        (instance $a (instantiate $doubler (with "next" (func $f))))
        (instance $b (instantiate $doubler (with "next" (func $a "f"))))
        (export "f" (func $b "f")))`,
      { f: (x: unknown) => Number(x) + 1 },
    );
    expect(call(instance, "f")(10)).toBe(44);
  });

  test("strings cross from one guest's memory into another's, whatever their encodings", async () => {
    const outer = guest(
      `(import "h" "f" (func $f (param i32 i32 i32)))
       (func (export "f") (param i32 i32) (result i32) (call $f (local.get 0) (local.get 1) (i32.const 64)) (i32.const 64))`,
      lift("f", '(param "x" string) (result string)'),
      {
        imports: '(import "f" (func $f (param "x" string) (result string)))',
        lowered: "(core func $lf (canon lower (func $f) (memory $m) (realloc $r)))",
        args: '(with "h" (instance (export "f" (func $lf))))',
      },
    );
    for (const encoding of ["utf8", "utf16", "latin1+utf16"]) {
      const instance = await run(`(component
        ${echoing(encoding).replace("(component", "(component $inner")} (instance $a (instantiate $inner))
        ${outer.replace("(component", "(component $outer")} (instance $b (instantiate $outer (with "f" (func $a "f"))))
        (export "f" (func $b "f")))`);
      for (const text of ["", "plain", "žluť", "é", "a\u{1f600}", "x".repeat(500)])
        expect(call(instance, "f")(text)).toBe(text);
    }
  });

  test("a trap in one of them ends all of them", async () => {
    const instance = await run(`(component
      (component $bad (core module $M (func (export "f") unreachable)) (core instance $i (instantiate $M)) (func (export "f") (canon lift (core func $i "f"))))
      (instance $a (instantiate $bad))
      (component $good (core module $M (func (export "f"))) (core instance $i (instantiate $M)) (func (export "f") (canon lift (core func $i "f"))))
      (instance $b (instantiate $good))
      (export "bad" (func $a "f")) (export "good" (func $b "f")))`);
    expect(call(instance, "good")()).toBeUndefined();
    const first = caught(() => call(instance, "bad")());
    expect(caught(() => call(instance, "good")()).cause).toBe(first);
  });

  test("types and components are reached through outer aliases, and only those that came before", async () => {
    const instance = await run(`(component $out
      (type $pair (tuple u32 u32))
      (component $unit (core module $M (func (export "f") (result i32) (i32.const 9))) (core instance $i (instantiate $M)) (func (export "f") (result u32) (canon lift (core func $i "f"))))
      (component $in
        (alias outer $out $unit (component $u))
        (alias outer $out $pair (type $p))
        (instance $i (instantiate $u))
        (export "f" (func $i "f")))
      (instance $i (instantiate $in))
      (export "f" (func $i "f")))`);
    expect(call(instance, "f")()).toBe(9);
  });

  test("an argument of another type than asked for is refused", async () => {
    const bytes = await wat(
      `(component (import "f" (func $f (param "x" u32))) (component $c (import "g" (func (param "x" s32)))) (instance (instantiate $c (with "g" (func $f)))))`,
    );
    const error = caught(() => inspect(bytes));
    expect(error.code).toBe("invalid");
    expect(error.message).toMatch(/"g": parameter `x`: expected `s32`, found `u32`/);
  });
});

function user(body: string): string {
  return `(component $user
    (import "owner" (instance $o
      (export "thing" (type $r (sub resource)))
      (export "make" (func (param "x" u32) (result (own $r))))
      (export "value" (func (param "self" (borrow $r)) (result u32)))))
    (alias export $o "thing" (type $r))
    (core func $make (canon lower (func $o "make")))
    (core func $value (canon lower (func $o "value")))
    (core func $drop (canon resource.drop $r))
    (core module $M
      (import "o" "make" (func $make (param i32) (result i32)))
      (import "o" "value" (func $value (param i32) (result i32)))
      (import "o" "drop" (func $drop (param i32)))
      (func (export "f") (param i32) (result i32) (local $h i32) (local $v i32) ${body}))
    (core instance $i (instantiate $M (with "o" (instance (export "make" (func $make)) (export "value" (func $value)) (export "drop" (func $drop))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))`;
}

describe("resources between nested components", () => {
  /** `owner` defines a resource and counts how many are alive; `user` takes, borrows and drops. */
  const owner = `(component $owner
    (core module $Dtor (global $alive (export "alive") (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $alive (i32.sub (global.get $alive) (i32.const 1)))))
    (core instance $d (instantiate $Dtor))
    (type $r' (resource (rep i32) (dtor (core func $d "dtor"))))
    (export $r "thing" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $M
      (import "d" "alive" (global $alive (mut i32)))
      (import "d" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (global.set $alive (i32.add (global.get $alive) (i32.const 1))) (call $new (local.get 0)))
      (func (export "value") (param i32) (result i32) (local.get 0))
      (func (export "alive") (result i32) (global.get $alive)))
    (core instance $i (instantiate $M (with "d" (instance (export "alive" (global $d "alive")) (export "new" (func $new))))))
    (func (export "make") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
    (func (export "value") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "value")))
    (func (export "alive") (result u32) (canon lift (core func $i "alive"))))`;
  const both = (body: string): string => `(component ${owner} (instance $o (instantiate $owner)) ${user(body)}
    (instance $u (instantiate $user (with "owner" (instance $o))))
    (export "f" (func $u "f")) (export "alive" (func $o "alive")))`;

  test("made, borrowed, dropped: the destructor runs, and the value is the owner's own", async () => {
    const instance = await run(
      both(
        "(local.set $h (call $make (local.get 0))) (local.set $v (call $value (local.get $h))) (call $drop (local.get $h)) (local.get $v)",
      ),
    );
    for (const value of [5, 6, 7]) expect(call(instance, "f")(value)).toBe(value);
    expect(call(instance, "alive")()).toBe(0);
  });

  test("a handle that is kept stays alive", async () => {
    const instance = await run(both("(call $make (local.get 0))"));
    const handles = [1, 2, 3].map((value) => call(instance, "f")(value));
    expect(new Set(handles).size).toBe(3);
    expect(call(instance, "alive")()).toBe(3);
  });

  test.each([
    ["a handle that was never given", "(call $value (i32.const 7))"],
    ["handle 0", "(call $value (i32.const 0))"],
    [
      "a handle that was dropped",
      "(local.set $h (call $make (local.get 0))) (call $drop (local.get $h)) (call $value (local.get $h))",
    ],
    [
      "a handle dropped twice",
      "(local.set $h (call $make (local.get 0))) (call $drop (local.get $h)) (call $drop (local.get $h)) (i32.const 0)",
    ],
  ])("%s ends the instance", async (_, body) => {
    const instance = await run(both(body));
    expect(caught(() => call(instance, "f")(1)).code).toBe("bad-guest-value");
    expect(instance.poisoned?.message).toMatch(/handle/);
  });

  test("a guest that catches exceptions does not outlive a bad handle", async () => {
    const instance = await run(both("try i32.const 7 call $drop catch_all end i32.const 1"));
    expect(caught(() => call(instance, "f")(1)).code).toBe("poisoned");
    expect(instance.poisoned?.code).toBe("bad-guest-value");
  });

  test("handles are not made or dropped in post-return", async () => {
    const instance = await run(`(component
      (type $r (resource (rep i32)))
      (core func $new (canon resource.new $r))
      (core module $M
        (import "h" "new" (func $new (param i32) (result i32)))
        (func (export "g") (result i32) (i32.const 1))
        (func (export "post") (param i32) (drop (call $new (i32.const 1)))))
      (core instance $i (instantiate $M (with "h" (instance (export "new" (func $new))))))
      (func (export "g") (result u32) (canon lift (core func $i "g") (post-return (core func $i "post")))))`);
    expect(caught(() => call(instance, "g")()).message).toMatch(
      /resource.new was called from realloc or post-return/,
    );
  });

  test("no more handles than maxHandles", async () => {
    const instance = await run(
      both("(loop $l (drop (call $make (i32.const 1))) (br $l)) unreachable"),
      {},
      { maxHandles: 100 },
    );
    expect(caught(() => call(instance, "f")(1)).message).toMatch(/maxHandles is 100/);
  });
});

describe("a compiled component can be posted", () => {
  test("structured cloning keeps it whole, without compiling again", async () => {
    const component = await compile(await wat(importing("a:b/c@1.0.0")));
    const posted = fromTransferable(structuredClone(component.toTransferable()));
    expect(posted.imports).toEqual(component.imports);
    expect(call(instantiate(posted, { "a:b/c@1.0.0": { f: () => 3 } }), "g")()).toBe(3);
    expect(describeComponent(posted)).toBe(describeComponent(component));
  });

  test("what is no transferable component is refused", () => {
    const wrong: unknown = { format: "other" };
    expect(() => fromTransferable(wrong as Parameters<typeof fromTransferable>[0])).toThrow(EngineError);
  });
});

describe("describe and inspect", () => {
  const wit = `package test:demo@1.2.3;
    interface types {
      record point { x: s32, y: s32 }
      variant shape { dot(point), many(list<point>), none }
      enum color { red, green-ish }
      flags perms { read, write-all }
    }
    interface api {
      use types.{point, shape as form, color};
      record local { p: option<point>, c: color, t: tuple<u8, string, f32> }
      f: func(a: local, b: result<form, string>) -> result<_, color>;
      %list: func(%use: list<u8>) -> option<option<u32>>;
      nothing: func();
    }
    world w {
      use types.{perms};
      import api;
      import root-fn: func(p: perms) -> string;
      export run: func(p: perms) -> result<string>;
      export api;
    }`;

  test("the WIT of the world, with the bodies of its interfaces", async () => {
    const info = inspect(await dummyOf(wit, "w"));
    expect(describeComponent(info)).toBe(`package root:component;

world root {
  import test:demo/types@1.2.3;
  import test:demo/api@1.2.3;
  use test:demo/types@1.2.3.{perms};
  import root-fn: func(p: perms) -> string;

  export run: func(p: perms) -> result<string>;
  export test:demo/api@1.2.3;
}
package test:demo@1.2.3 {
  interface api {
    use types.{point, shape as form, color};
    record local {
      p: option<point>,
      c: color,
      t: tuple<u8, string, f32>,
    }
    f: func(a: local, b: result<form, string>) -> result<_, color>;
    %list: func(%use: list<u8>) -> option<option<u32>>;
    nothing: func();
  }
  interface types {
    flags perms {
      read,
      write-all,
    }
    record point {
      x: s32,
      y: s32,
    }
    enum color {
      red,
      green-ish,
    }
    variant shape {
      dot(point),
      many(list<point>),
      none,
    }
  }
}
`);
  });

  test("what describe writes is WIT that the toolchain reads back", async () => {
    const text = describeComponent(inspect(await dummyOf(wit, "w")));
    const again = inspect(await dummyOf(text, "root"));
    expect(describeComponent(again)).toBe(text);
  });

  test("a description is bounded, however large the types are", async () => {
    const types = Array.from({ length: 14 }, (_, i) => `(type $t${i + 1} (tuple $t${i} $t${i}))`).join(" ");
    const funcs = Array.from({ length: 2_000 }, (_, i) => `(export "f${i}" (func (param "x" $t13)))`).join(
      " ",
    );
    const bytes = await wat(
      `(component (import "a:b/c" (instance (type $t0 u64) ${types.replace("(type $t14 (tuple $t13 $t13))", "")} ${funcs})))`,
    );
    const text = describeComponent(inspect(bytes));
    expect(text.length).toBeLessThan(5 * 1024 * 1024);
    expect(text).toMatch(/cut: the description is too long/);
  });

  test("custom sections are handed out as they are", async () => {
    const bytes = await wat('(component (@custom "novywave:manifest" "id = 1"))');
    const { customSections } = inspect(bytes);
    expect(customSections.map((section) => section.name)).toEqual(["novywave:manifest"]);
    expect(new TextDecoder().decode(customSections[0]?.bytes)).toBe("id = 1");
    expect((await compile(bytes)).customSections).toEqual(customSections);
  });
});
