import { describe, expect, test } from "vitest";
import { compile, EngineError, instantiate, ResultError, type Instance } from "./index.js";
import { guest, lift, named } from "./testing/guests.test.helper.js";
import { call, run, wat } from "./testing/wat.test.helper.js";

// The calls of CanonicalABI.md ("canon lift", "canon lower"): realloc, post-return, re-entrance, and how an instance dies.

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Expects `code` from the call, and from then on the first cause from every function. */
function expectDeath(instance: Instance, name: string, args: unknown[], code: string, message: RegExp): void {
  const first = caught(() => call(instance, name)(...args));
  expect([first.code, instance.poisoned]).toEqual([code, first]);
  expect(first.message).toMatch(message);
  for (const other of Object.keys(instance.exports)) {
    const later = caught(() => call(instance, other)());
    expect([later.code, later.cause]).toEqual(["poisoned", first]);
  }
}

/** A guest whose realloc is `body`; its parameters are `$old $old-size $align $size`. */
function allocating(body: string, lifts: string, core = ""): string {
  return `(component
    (core module $M (memory (export "m") 1)
      (global $calls (mut i32) (i32.const 0))
      (func $r (export "r") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32) ${body})
      (func (export "f") (param i32 i32))
      (func (export "calls") (result i32) (global.get $calls))
      ${core})
    (core instance $i (instantiate $M))
    (alias core export $i "m" (core memory $m)) (alias core export $i "r" (core func $r)) ${lifts})`;
}

describe("realloc", () => {
  test("is asked for each string and list, for empty ones too, with their alignment", async () => {
    const text = allocating(
      `(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
       (if (i32.or (i32.or (local.get $old) (local.get $old-size)) (i32.or (local.get $size) (i32.ne (local.get $align) (i32.const 8)))) (then unreachable))
       (i32.const 16)`,
      `${lift("f", '(param "x" (list u64))')} (func (export "calls") (result u32) (canon lift (core func $i "calls")))`,
    );
    const instance = await run(text);
    call(instance, "f")([]);
    call(instance, "f")(new BigUint64Array(0));
    expect(call(instance, "calls")()).toBe(2);
  });

  test.each([
    [
      "outside of memory, for nothing",
      "(i32.const -1)",
      '(param "x" (list u8))',
      [],
      /outside of the memory/,
    ],
    ["outside of memory", "(i32.const 65535)", '(param "x" string)', "ab", /outside of the memory/],
    ["not aligned", "(i32.const 2)", '(param "x" (list u32))', [1], /not aligned to 4/],
    ["not aligned and outside", "(i32.const -1)", '(param "x" (list u32))', [1], /not aligned to 4/],
    ["that traps", "unreachable", '(param "x" string)', "ab", /realloc trapped/],
    [
      "that uses up the stack",
      "(call $r (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
      '(param "x" string)',
      "ab",
      /realloc ran out of stack/,
    ],
  ])("an answer %s ends the instance", async (_, body, type, value, message) => {
    const instance = await run(allocating(body, lift("f", type)));
    const code = /trap|stack/.test(message.source) ? "trap" : "bad-guest-value";
    expectDeath(instance, "f", [value], code, message);
  });

  test("calls nothing", async () => {
    const instance = await run(
      `(component
      (import "f" (func $f))
      (core func $lf (canon lower (func $f)))
      (core module $M (import "h" "f" (func $f)) (memory (export "m") 1)
        (func (export "r") (param i32 i32 i32 i32) (result i32) (call $f) (i32.const 16))
        (func (export "g") (param i32 i32)))
      (core instance $i (instantiate $M (with "h" (instance (export "f" (func $lf))))))
      (func (export "g") (param "x" string) (canon lift (core func $i "g") (memory (core memory $i "m")) (realloc (core func $i "r")))))`,
      { f: () => undefined },
    );
    expectDeath(instance, "g", ["a"], "bad-guest-value", /f was called from realloc or post-return/);
  });

  test("may grow the memory", async () => {
    const instance = await run(
      allocating(
        "(i32.mul (memory.grow (i32.const 1)) (i32.const 65536))",
        lift("g", '(param "x" (list string)) (result u32)'),
        `(func (export "g") (param $p i32) (param $n i32) (result i32)
           (i32.load8_u (i32.load (i32.add (local.get $p) (i32.const 8)))))`,
      ),
    );
    expect(call(instance, "g")(["a", "b", "c"])).toBe("b".charCodeAt(0));
    expect(instance.memoryBytes).toBe(5 * 65_536);
  });
});

/** `f` returns a string; `post` is what runs after it. */
const returning = (post: string): string =>
  guest(
    `(global $seen (mut i32) (i32.const 0))
     (func $loop (call $loop))
     (func (export "f") (result i32) (i32.store (i32.const 64) (i32.const 128)) (i32.store (i32.const 68) (i32.const 2)) (i32.const 64))
     (data (i32.const 128) "ok")
     (func (export "post") (param i32) ${post})
     (func (export "seen") (result i32) (global.get $seen))`,
    `${lift("f", "(result string)", '(post-return (core func $i "post"))')} ${lift("seen", "(result u32)")}`,
  );

describe("post-return", () => {
  test("gets the core result, after the value was read", async () => {
    const instance = await run(
      returning("(global.set $seen (local.get 0)) (memory.fill (i32.const 128) (i32.const 0) (i32.const 2))"),
    );
    expect(call(instance, "f")()).toBe("ok");
    expect(call(instance, "seen")()).toBe(64);
  });

  test("that traps, or uses up the stack, ends the instance", async () => {
    expectDeath(await run(returning("unreachable")), "f", [], "trap", /unreachable/);
    expectDeath(await run(returning("(call $loop)")), "f", [], "trap", /ran out of stack/);
  });
});

const nested = (body: string): string =>
  guest(
    `(import "h" "f" (func $f)) (func (export "g") (call $f)) (func (export "x"))`,
    `${lift("g", "")} ${lift("x", "")} ${body}`,
    {
      imports: '(import "f" (func $f))',
      lowered: "(core func $lf (canon lower (func $f)))",
      args: '(with "h" (instance (export "f" (func $lf))))',
    },
  );

describe("re-entrance", () => {
  test("the host cannot call while the component runs; the component lives on if the host minds", async () => {
    const seen: EngineError[] = [];
    const instance: Instance = await run(nested(""), {
      f: () => {
        seen.push(
          caught(() => call(instance, "x")()),
          caught(() => call(instance, "g")()),
        );
      },
    });
    call(instance, "g")();
    expect(seen.map((error) => error.code)).toEqual(["reentered", "reentered"]);
    expect(instance.poisoned).toBeUndefined();
    expect(call(instance, "x")()).toBeUndefined();
  });

  test("another instance of the same component can be called meanwhile", async () => {
    const component = await compile(await wat(nested("")));
    let depth = 0;
    const next = (): Instance =>
      instantiate(component, {
        f: () => {
          depth += 1;
          if (depth < 20) call(next(), "g")();
        },
      });
    call(next(), "g")();
    expect(depth).toBe(20);
  });

  test("a destructor cannot enter an instance that is in a call", async () => {
    // `owner` lends its resource to `user` by calling it; `user` drops an own handle while owner runs.
    const instance = await run(`(component
      (component $owner
        (core module $D (func (export "dtor") (param i32)))
        (core instance $d (instantiate $D))
        (type $r' (resource (rep i32) (dtor (core func $d "dtor"))))
        (export $r "r" (type $r'))
        (core func $new (canon resource.new $r'))
        (core module $M (import "h" "new" (func $new (param i32) (result i32))) (func (export "make") (result i32) (call $new (i32.const 1))))
        (core instance $i (instantiate $M (with "h" (instance (export "new" (func $new))))))
        (func (export "make") (result (own $r)) (canon lift (core func $i "make"))))
      (instance $o (instantiate $owner))
      (component $user
        (import "o" (instance $o (export "r" (type $r (sub resource))) (export "make" (func (result (own $r))))))
        (alias export $o "r" (type $r))
        (core func $drop (canon resource.drop $r))
        (core func $make (canon lower (func $o "make")))
        (core module $M (import "h" "drop" (func $drop (param i32))) (import "h" "make" (func $make (result i32)))
          (func (export "f") (call $drop (call $make))))
        (core instance $i (instantiate $M (with "h" (instance (export "drop" (func $drop)) (export "make" (func $make))))))
        (func (export "f") (canon lift (core func $i "f"))))
      (instance $u (instantiate $user (with "o" (instance $o))))
      (export "f" (func $u "f")))`);
    for (let i = 0; i < 3; i++) expect(call(instance, "f")()).toBeUndefined();
  });
});

describe("death", () => {
  test("a stack that a start function uses up leaves the host intact", async () => {
    const component = await compile(
      await wat(
        "(component (core module $M (func $f (call $f)) (start $f)) (core instance (instantiate $M)))",
      ),
    );
    for (let i = 0; i < 3; i++) {
      const error = caught(() => instantiate(component, {}));
      expect([error.code, error.message]).toEqual([
        "trap",
        "the start of a core module ran out of stack: Maximum call stack size exceeded",
      ]);
    }
  });

  test("a guest that calls out where the stack ends, and catches what comes of it, does not go on", async () => {
    const instance = await run(
      guest(
        `(import "h" "f" (func $f (param i32 i32)))
         (func $down (param i32) try (call $down (local.get 0)) catch_all (call $f (i32.const 64) (i32.const 3)) end)
         (func (export "g") (call $down (i32.const 0)))`,
        lift("g", ""),
        {
          imports: '(import "f" (func $f (param "x" string)))',
          lowered: "(core func $lf (canon lower (func $f) (memory $m)))",
          args: '(with "h" (instance (export "f" (func $lf))))',
        },
      ),
      { f: (text: unknown) => seen.push(text) * 0 || undefined },
    );
    const seen: unknown[] = [];
    try {
      call(instance, "g")();
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
    }
    expect(seen.every((text) => text === "\0\0\0")).toBe(true);
    expect(JSON.parse("[1]")).toEqual([1]);
  });

  test("an import that throws what cannot be looked at", async () => {
    const hostile = [
      new Proxy(
        {},
        {
          getPrototypeOf() {
            throw new Error("no prototype");
          },
        },
      ),
      {
        toString() {
          throw new Error("no text");
        },
      },
      Object.create(null) as object,
      Symbol("s"),
      undefined,
      Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("no message");
        },
      }),
    ];
    for (const thrown of hostile) {
      const instance = await run(importing("", "", "(call $f)"), {
        f: () => {
          throw thrown;
        },
      });
      expectDeath(instance, "g", [], "import-failed", /the import f threw/);
      expect(instance.poisoned?.cause).toBe(thrown);
    }
  });
});

function importing(type: string, core: string, body: string): string {
  return guest(`(import "h" "f" (func $f ${core})) (func (export "g") ${body})`, lift("g", ""), {
    imports: `(import "f" (func $f ${type}))`,
    lowered: "(core func $lf (canon lower (func $f) (memory $m) (realloc $r)))",
    args: '(with "h" (instance (export "f" (func $lf))))',
  });
}

function throwing(what: unknown): () => never {
  return () => {
    throw what;
  };
}

describe("values of the host that fight back", () => {
  const boom = throwing(new Error("boom"));
  const record = '(record (field "a" u8))';
  const values: [name: string, type: string, value: unknown][] = [
    ["a getter that throws", record, Object.defineProperty({}, "a", { get: boom })],
    ["a proxy that throws", record, new Proxy({}, { get: boom })],
    ["a proxy for a list", "(list bool)", new Proxy([true], { get: boom })],
    ["a revoked proxy", "(list bool)", revoked()],
    [
      "a tag that throws",
      '(variant (case "a") (case "b" u8))',
      {
        get tag() {
          return boom();
        },
      },
    ],
    [
      "a payload that throws",
      "(option (option u8))",
      {
        tag: "some",
        get val() {
          return boom();
        },
      },
    ],
    ["a proxy of a typed array", "(list u8)", new Proxy(new Uint8Array(4), {})],
    ["a prototype that throws", "(list u32)", new Proxy({}, { getPrototypeOf: boom })],
    [
      "a list with a length that is none",
      "(list bool)",
      new Proxy([], { get: (_, key) => (key === "length" ? 1.5 : true) }),
    ],
    [
      "a list that says it is endless",
      "(list bool)",
      new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 53 : true) }),
    ],
    ["a flag that throws", '(flags "a")', Object.defineProperty({}, "a", { get: boom })],
  ];

  test.each(values)("%s, as an argument: the instance lives on", async (_, type, value) => {
    const instance = await run(
      guest(
        '(func (export "f") (param i32 i32)) (func (export "one") (param i32)) (func (export "three") (param i32 i32 i32)) (func (export "x"))',
        `${named("t", type)} ${lift("x", "")} ${lift(type.startsWith("(list") || type.startsWith("(variant") ? "f" : type.startsWith("(option") ? "three" : "one", '(param "v" $t)')}`,
      ),
    );
    const name = Object.keys(instance.exports).find((key) => key !== "x") ?? "";
    const error = caught(() => call(instance, name)(value));
    expect([error.code, instance.poisoned]).toEqual(["bad-argument", undefined]);
    expect(error.message).toMatch(new RegExp(`^${name}: v`));
    expect(call(instance, "x")()).toBeUndefined();
  });

  test.each(values)("%s, as the answer of an import: the instance dies of it", async (_, type, value) => {
    const flat = type === record || type.startsWith("(flags");
    const instance = await run(
      guest(
        `(import "h" "f" (func $f ${flat ? "(result i32)" : "(param i32)"})) (func (export "g") ${flat ? "(drop (call $f))" : "(call $f (i32.const 64))"})`,
        lift("g", ""),
        {
          imports: `(type $t ${type}) (import "t" (type $t' (eq $t))) (import "f" (func $f (result $t')))`,
          lowered: "(core func $lf (canon lower (func $f) (memory $m) (realloc $r)))",
          args: '(with "h" (instance (export "f" (func $lf))))',
        },
      ),
      { f: () => value },
    );
    expectDeath(instance, "g", [], "bad-import-value", /the import f answered with a wrong value/);
  });

  test("a getter that calls back is told that the component runs", async () => {
    const instance = await run(
      guest(
        '(func (export "f") (param i32)) (func (export "x"))',
        `${named("t", record)} ${lift("f", '(param "v" $t)')} ${lift("x", "")}`,
      ),
    );
    const value = {
      get a(): unknown {
        return call(instance, "x")();
      },
    };
    const error = caught(() => call(instance, "f")(value));
    expect([error.code, error.message]).toEqual([
      "bad-argument",
      "f: v.a: reading it threw: x was called while its component is running",
    ]);
    expect(call(instance, "x")()).toBeUndefined();
  });

  test("a ResultError with a payload that fights back", async () => {
    const instance = await run(
      importing("(result (result (error string)))", "(param i32)", "(call $f (i32.const 64))"),
      {
        f: throwing(
          new ResultError(
            {
              get tag() {
                return boom();
              },
            },
            "no",
          ),
        ),
      },
    );
    expectDeath(instance, "g", [], "bad-import-value", /wrong value/);
  });

  test("imports that throw when they are looked at", async () => {
    const component = await compile(await wat('(component (import "a:b/c" (instance (export "f" (func)))))'));
    for (const imports of [
      new Proxy({}, { ownKeys: boom }),
      Object.defineProperty({}, "a:b/c", { get: boom, enumerable: true }),
      { "a:b/c": Object.defineProperty({}, "f", { get: boom }) },
      { "a:b/c": new Proxy({}, { getOwnPropertyDescriptor: boom }) },
    ]) {
      const error = caught(() => instantiate(component, imports));
      expect([error.code, error.message]).toEqual(["bad-import", "reading the imports threw: boom"]);
    }
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}
