import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  compile,
  EngineError,
  instantiate,
  ResultError,
  Utf8Texts,
  type EngineLimits,
  type Instance,
} from "./index.js";
import { guest, lift } from "./testing/guests.test.helper.js";
import { call, run, wat } from "./testing/wat.test.helper.js";

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Expects that the call ends the instance with `code`, and that the first cause is what later calls answer with. */
function expectDeath(instance: Instance, action: () => unknown, code: string, message: RegExp): void {
  const first = caught(action);
  expect(first.code).toBe(code);
  expect(first.message).toMatch(message);
  expect(instance.poisoned).toBe(first);
  const later = caught(action);
  expect(later.code).toBe("poisoned");
  expect(later.cause).toBe(first);
}

/** A guest whose export `f` returns the given core values as a value of `type`; `data` stands at 64. */
async function returning(
  type: string,
  body: string,
  data = "",
  limits: Partial<EngineLimits> = {},
  encoding = "",
): Promise<Instance> {
  return run(
    guest(
      `(data (i32.const 64) "${data}") (func (export "f") (result i32) ${body})`,
      `(type $t' ${type}) (export $t "t" (type $t')) ${lift("f", "(result $t)", encoding)}`,
    ),
    {},
    limits,
  );
}

// 400 entries that all point at the same 48 kB: 19 MB for the host, 3 kB for the guest.
function aliased(entry: string): string {
  return guest(
    `(func (export "f") (result i32)
      (local $i i32)
      (loop $next
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 8))) (i32.const 8192))
        (i32.store (i32.add (i32.const 1028) (i32.mul (local.get $i) (i32.const 8))) (i32.const 48000))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 400))))
      (i32.store (i32.const 64) (i32.const 1024))
      (i32.store (i32.const 68) (i32.const 400))
      (i32.const 64))`,
    lift("f", `(result (list ${entry}))`),
  );
}

function names(show: (name: string) => string, count = 64): string {
  return Array.from({ length: count }, (_, i) => show(`n${i}`)).join(" ");
}

function importing(type: string, core: string, body: string): string {
  return guest(`(import "h" "f" (func $f ${core})) (func (export "g") ${body})`, lift("g", ""), {
    imports: `(import "f" (func $f ${type}))`,
    lowered: "(core func $lf (canon lower (func $f) (memory $m) (realloc $r)))",
    args: '(with "h" (instance (export "f" (func $lf))))',
  });
}

function growing(declared: string): string {
  return `(component
  (core module $M
    (memory (export "m") ${declared})
    (table $t 1 funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "grow-table") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))
  (core instance $i (instantiate $M))
  (func (export "grow") (param "n" u32) (result s32) (canon lift (core func $i "grow")))
  (func (export "grow-table") (param "n" u32) (result s32) (canon lift (core func $i "grow-table"))))`;
}

describe("a value that breaks the canonical ABI ends the instance", () => {
  test.each([
    ["a pointer that is not aligned", "(tuple string u32)", "(i32.const 65)", "", /not aligned to 4/],
    ["a result outside of memory", "(tuple string u32)", "(i32.const 65532)", "", /outside of the memory/],
    ["a result far outside of memory", "(tuple string u32)", "(i32.const -4)", "", /outside of the memory/],
    [
      "a string that ends outside of memory",
      "string",
      "(i32.const 64)",
      "\\00\\ff\\00\\00\\00\\02\\00\\00",
      /outside/,
    ],
    ["a string of 4 GiB", "string", "(i32.const 64)", "\\00\\00\\00\\00\\ff\\ff\\ff\\ff", /outside/],
    [
      "a list that is not aligned",
      "(list u64)",
      "(i32.const 64)",
      "\\01\\00\\00\\00\\01\\00\\00\\00",
      /not aligned to 8/,
    ],
    ["a list of 4 billion", "(list u64)", "(i32.const 64)", "\\00\\00\\00\\00\\ff\\ff\\ff\\ff", /outside/],
    [
      "a list of 4 billion strings",
      "(list string)",
      "(i32.const 64)",
      "\\00\\00\\00\\00\\ff\\ff\\ff\\ff",
      /outside/,
    ],
    ["no case of an enum", '(enum "a" "b")', "(i32.const 2)", "", /no case of an enum of 2/],
    ["a discriminant of a billion", '(enum "a" "b")', "(i32.const -1)", "", /no case of an enum/],
    [
      "no case of a variant",
      '(variant (case "a") (case "b"))',
      "(i32.const 2)",
      "",
      /no case of a variant of 2/,
    ],
    ["no case of a result in memory", "(result u32)", "(i32.const 64)", "\\02", /no case of a variant of 2/],
    ["a surrogate as a char", "char", "(i32.const 0xd800)", "", /is no char/],
    ["a char beyond Unicode", "char", "(i32.const 0x110000)", "", /is no char/],
  ])("%s", async (_, type, body, data, message) => {
    const instance = await returning(type, body, data);
    expectDeath(instance, () => call(instance, "f")(), "bad-guest-value", message);
  });

  test("a string that is not UTF-8 is not repaired", async () => {
    const instance = await returning(
      "string",
      "(i32.const 64)",
      "\\48\\00\\00\\00\\03\\00\\00\\00\\61\\ff\\62",
    );
    expectDeath(instance, () => call(instance, "f")(), "bad-guest-value", /not valid UTF-8/);
  });

  test("a lone surrogate in UTF-16 is not repaired", async () => {
    const data = "\\48\\00\\00\\00\\01\\00\\00\\00\\00\\d8";
    const instance = await returning("string", "(i32.const 64)", data, {}, "string-encoding=utf16");
    expectDeath(instance, () => call(instance, "f")(), "bad-guest-value", /not valid UTF-16/);
  });

  test("a host without memory does not say that the guest sent a wrong string", async () => {
    const source = guest(
      `(func (export "f") (result i32) (drop (memory.grow (i32.const 64)))
        (i32.store (i32.const 64) (i32.const 128)) (i32.store (i32.const 68) (i32.const 3000000)) (i32.const 64))`,
      lift("f", "(result string)"),
    );
    const instance = instantiate(await compile(await wat(source)), {}, { texts: new Utf8Texts(4_096) });
    const memory = vi.spyOn(Uint8Array.prototype, "slice").mockImplementation(() => {
      throw new RangeError("Array buffer allocation failed");
    });
    onTestFinished(() => memory.mockRestore());
    expectDeath(instance, () => call(instance, "f")(), "trap", /^f failed: Array buffer allocation failed$/);
  });

  test("realloc that answers outside of memory", async () => {
    const instance = await run(`(component
      (core module $M (memory (export "m") 1)
        (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 65535))
        (func (export "f") (param i32 i32)))
      (core instance $i (instantiate $M))
      (func (export "f") (param "x" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")))))`);
    expectDeath(instance, () => call(instance, "f")("ab"), "bad-guest-value", /memory from realloc/);
  });

  test("integers are cut to their width, flags to their labels, and any bool but 0 is true", async () => {
    const instance = await run(
      guest(
        `(func (export "a") (result i32) (i32.const -1)) (func (export "b") (result i32) (i32.const 0x180))
         (func (export "c") (result i32) (i32.const 2)) (func (export "d") (result i32) (i32.const -1))`,
        `${lift("a", "(result u8)")} ${lift("b", "(result s8)")} ${lift("c", "(result bool)")}
         (type $flags' (flags "x" "y")) (export $flags "flags" (type $flags')) ${lift("d", "(result $flags)")}`,
      ),
    );
    expect(call(instance, "a")()).toBe(255);
    expect(call(instance, "b")()).toBe(-128);
    expect(call(instance, "c")()).toBe(true);
    expect(call(instance, "d")()).toEqual({ x: true, y: true });
  });
});

describe("what one call lifts is bounded", () => {
  test.each([
    ["strings", "string", {}, "maxLiftedBytes"],
    ["lists of bytes", "(list u8)", {}, "maxLiftedBytes"],
    ["lists of bools", "(list bool)", {}, "maxLiftedElements"],
  ])("aliased %s count each time", async (_, entry, limits, name) => {
    const instance = await run(aliased(entry), {}, limits);
    expectDeath(instance, () => call(instance, "f")(), "limit-exceeded", new RegExp(name));
  });

  test("the budget is per call, not per instance", async () => {
    const instance = await run(aliased("string"), {}, { maxLiftedBytes: 400 * 48_008 });
    for (let i = 0; i < 3; i++) expect(call(instance, "f")()).toHaveLength(400);
  });

  test.each([
    ["records", `(record ${names((name) => `(field "${name}" u8)`)})`, 64],
    ["flags", `(flags ${names((name) => `"${name}"`, 32)})`, 4],
  ])("the properties of %s count: 16 MiB of them would take the host hundreds", async (_, type, size) => {
    const fits = Math.floor((900 * 65_536) / size);
    const instance = await run(
      guest(
        `(func (export "f") (param i32) (result i32)
          (drop (memory.grow (i32.const 900)))
          (i32.store (i32.const 64) (i32.const 65536)) (i32.store (i32.const 68) (local.get 0)) (i32.const 64))`,
        `(type $e' ${type}) (export $e "e" (type $e')) ${lift("f", '(param "n" u32) (result (list $e))')}`,
      ),
    );
    expect(call(instance, "f")(20_000)).toHaveLength(20_000);
    const few = Math.min(fits, 120_000);
    expectDeath(instance, () => call(instance, "f")(few), "limit-exceeded", /maxLiftedElements/);
  });

  test("a string can be as long as maxStringBytes and no longer", async () => {
    const core = `(func (export "f") (param i32) (result i32)
      (i32.store (i32.const 64) (i32.const 128)) (i32.store (i32.const 68) (local.get 0)) (i32.const 64))`;
    const instance = await run(
      guest(core, lift("f", '(param "n" u32) (result string)')),
      {},
      { maxStringBytes: 100 },
    );
    expect(call(instance, "f")(100)).toHaveLength(100);
    expectDeath(instance, () => call(instance, "f")(101), "limit-exceeded", /maxStringBytes is 100/);
  });

  test("no string and no list has more than 2^28 - 1 bytes, whatever the limits are", async () => {
    // The memory is large enough, and never written to.
    const core = `(func (export "f") (param i32) (result i32) (drop (memory.grow (i32.const 4200)))
      (i32.store (i32.const 64) (i32.const 0)) (i32.store (i32.const 68) (local.get 0)) (i32.const 64))`;
    const high = 2 ** 40;
    const limits = {
      maxLiftedBytes: high,
      maxLiftedElements: high,
      maxStringBytes: high,
      maxMemoryBytes: 2 ** 29,
    };
    for (const [type, length] of [
      ["string", 2 ** 28],
      ["(list u8)", 2 ** 28],
      ["(list u64)", 2 ** 25],
    ] as const) {
      const instance = await run(guest(core, lift("f", `(param "n" u32) (result ${type})`)), {}, limits);
      const message = /^268435456 bytes are more than a string or list may have/;
      expectDeath(instance, () => call(instance, "f")(length), "bad-guest-value", message);
    }
    // One byte less is only too much for a smaller memory.
    const small = { ...limits, maxMemoryBytes: 2 ** 20 };
    const instance = await run(guest(core, lift("f", `(param "n" u32) (result (list u8))`)), {}, small);
    expectDeath(instance, () => call(instance, "f")(2 ** 28 - 1), "bad-guest-value", /outside of the memory/);
  });

  test("nor does the host hand over more: that is a wrong argument", async () => {
    const instance = await run(
      guest(
        `(func (export "f") (param i32 i32) (result i32) (local.get 1))`,
        lift("f", '(param "x" (list u8)) (result u32)'),
      ),
    );
    const error = caught(() => call(instance, "f")(new Uint8Array(2 ** 28)));
    expect(error.code).toBe("bad-argument");
    expect(error.message).toMatch(/268435456 bytes are more than a string or list may have/);
    expect(call(instance, "f")(new Uint8Array(5))).toBe(5);
  });

  test("each limit on lifting names itself and its number", async () => {
    const core = `(func (export "f") (param i32) (result i32)
      (i32.store (i32.const 64) (i32.const 128)) (i32.store (i32.const 68) (local.get 0)) (i32.const 64))`;
    for (const [limit, type] of [
      ["maxLiftedBytes", "(list u8)"],
      ["maxLiftedElements", "(list bool)"],
      ["maxStringBytes", "string"],
    ] as const) {
      const instance = await run(
        guest(core, lift("f", `(param "n" u32) (result ${type})`)),
        {},
        { [limit]: 99 },
      );
      const error = caught(() => call(instance, "f")(1_000));
      expect([error.code, error.limit]).toEqual(["limit-exceeded", limit]);
      expect(error.message).toContain(`the limit ${limit} is 99`);
    }
  });

  test("what an import is given is bounded as well", async () => {
    const instance = await run(
      guest(
        `(import "h" "f" (func $f (param i32 i32))) (func (export "g") (call $f (i32.const 0) (i32.const 60000)))`,
        lift("g", ""),
        {
          imports: '(import "f" (func $f (param "x" (list bool))))',
          lowered: "(core func $lf (canon lower (func $f) (memory $m)))",
          args: '(with "h" (instance (export "f" (func $lf))))',
        },
      ),
      { f: () => undefined },
      { maxLiftedElements: 1000 },
    );
    expectDeath(instance, () => call(instance, "g")(), "limit-exceeded", /maxLiftedElements is 1000/);
  });
});

describe("death", () => {
  test("unreachable, out of bounds, division by zero and endless recursion are traps", async () => {
    const traps = {
      unreachable: "unreachable",
      bounds: "(drop (i32.load (i32.const -1)))",
      division: "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
      recursion: "(call $recursion)",
    };
    for (const [name, body] of Object.entries(traps)) {
      const instance = await run(guest(`(func $${name} (export "${name}") ${body})`, lift(name, "")));
      expectDeath(instance, () => call(instance, name)(), "trap", new RegExp(name));
    }
  });

  test("an import without a result that throws ends the instance, and its cause is kept", async () => {
    const thrown = new Error("disk full");
    const instance = await run(importing("", "", "(call $f)"), {
      f: () => {
        throw thrown;
      },
    });
    expectDeath(instance, () => call(instance, "g")(), "import-failed", /the import f threw: disk full/);
    expect(instance.poisoned?.cause).toBe(thrown);
  });

  test("an import whose type is no result must not throw ResultError either", async () => {
    const instance = await run(importing("", "", "(call $f)"), {
      f: () => {
        throw new ResultError("no");
      },
    });
    expectDeath(instance, () => call(instance, "g")(), "import-failed", /the import f threw/);
  });

  test("an import whose type is a result fails by ResultError, and the instance lives on", async () => {
    const instance = await run(
      importing(
        "(result (result (error string)))",
        "(param i32)",
        "(call $f (i32.const 64)) (if (i32.eqz (i32.load8_u (i32.const 64))) (then unreachable))",
      ),
      {
        f: () => {
          throw new ResultError("not found");
        },
      },
    );
    expect(call(instance, "g")()).toBeUndefined();
    expect(instance.poisoned).toBeUndefined();
  });

  test("an import that answers with a wrong value ends the instance", async () => {
    const instance = await run(importing("(result u32)", "(result i32)", "(drop (call $f))"), {
      f: () => "1",
    });
    expectDeath(instance, () => call(instance, "g")(), "bad-import-value", /expected u32 .*found "1"/);
  });

  test("an import that answers with a promise is told so", async () => {
    const instance = await run(importing("(result u32)", "(result i32)", "(drop (call $f))"), {
      f: () => Promise.resolve(1),
    });
    expectDeath(instance, () => call(instance, "g")(), "bad-import-value", /synchronous/);
  });

  test.each([
    ["nothing", "", "", "(call $f)"],
    ["a result without a value", "(result (result))", "(result i32)", "(drop (call $f))"],
  ])(
    "an import of %s that answers with a promise is told so, and a rejection is not left over",
    async (_, type, core, body) => {
      const instance = await run(importing(type, core, body), {
        f: () => Promise.reject(new Error("not awaited by anybody")),
      });
      expectDeath(
        instance,
        () => call(instance, "g")(),
        "bad-import-value",
        /promise \(calls are synchronous/,
      );
    },
  );

  test("a guest that catches exceptions does not outlive the failure of an import", async () => {
    const instance = await run(importing("", "", "try call $f catch_all end"), {
      f: () => {
        throw new Error("first");
      },
    });
    expect(caught(() => call(instance, "g")()).code).toBe("poisoned");
    expect(instance.poisoned?.code).toBe("import-failed");
  });

  test("a wrong argument is the caller's fault: nothing runs and nothing dies", async () => {
    const instance = await run(guest('(func (export "f") (param i32))', lift("f", '(param "count" u8)')));
    const error = caught(() => call(instance, "f")(256));
    expect(error.code).toBe("bad-argument");
    expect(error.message).toBe("f: count: expected u8 (a whole number from 0 to 255), found 256");
    expect(caught(() => call(instance, "f")()).message).toMatch(/expected 1 arguments, found 0/);
    expect(call(instance, "f")(255)).toBeUndefined();
  });

  test("a trap in realloc while arguments are lowered ends the instance", async () => {
    const instance = await run(`(component
      (core module $M (memory (export "m") 1)
        (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable)
        (func (export "f") (param i32 i32)))
      (core instance $i (instantiate $M))
      (func (export "f") (param "x" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")))))`);
    expectDeath(instance, () => call(instance, "f")("x"), "trap", /unreachable/);
  });
});

describe("no re-entry", () => {
  test("an import cannot call back into the component", async () => {
    let inner: EngineError | undefined;
    const instance: Instance = await run(
      guest(
        `(import "h" "f" (func $f)) (func (export "g") (call $f)) (func (export "other"))`,
        `${lift("g", "")} ${lift("other", "")}`,
        {
          imports: '(import "f" (func $f))',
          lowered: "(core func $lf (canon lower (func $f)))",
          args: '(with "h" (instance (export "f" (func $lf))))',
        },
      ),
      {
        f: () => {
          inner = caught(() => call(instance, "other")());
        },
      },
    );
    call(instance, "g")();
    expect(inner?.code).toBe("reentered");
    expect(instance.poisoned).toBeUndefined();
    expect(call(instance, "other")()).toBeUndefined();
  });

  test("a guest cannot call out from post-return or from realloc", async () => {
    const parts = {
      imports: '(import "f" (func $f))',
      lowered: "(core func $lf (canon lower (func $f)))",
      args: '(with "h" (instance (export "f" (func $lf))))',
    };
    const instance = await run(
      guest(
        `(import "h" "f" (func $f)) (func (export "g") (result i32) (i32.const 1)) (func (export "post") (param i32) (call $f))`,
        lift("g", "(result u32)", '(post-return (core func $i "post"))'),
        parts,
      ),
      { f: () => undefined },
    );
    expectDeath(
      instance,
      () => call(instance, "g")(),
      "bad-guest-value",
      /called from realloc or post-return/,
    );
  });

  test("post-return is given what the function returned, after the value was read", async () => {
    const instance = await run(
      guest(
        `(data (i32.const 64) "\\48\\00\\00\\00\\02\\00\\00\\00ok") (global $freed (mut i32) (i32.const 0))
         (func (export "g") (result i32) (i32.const 64))
         (func (export "post") (param i32) (global.set $freed (local.get 0)) (i32.store8 (i32.const 72) (i32.const 0x6e)))
         (func (export "freed") (result i32) (global.get $freed))`,
        `${lift("g", "(result string)", '(post-return (core func $i "post"))')} ${lift("freed", "(result u32)")}`,
      ),
    );
    expect(call(instance, "g")()).toBe("ok");
    expect(call(instance, "freed")()).toBe(64);
    expect(call(instance, "g")()).toBe("nk");
  });
});

describe("memory and tables", () => {
  test("a memory cannot grow beyond maxMemoryBytes, whatever it declares", async () => {
    for (const declared of ["1", "1 65536"]) {
      const instance = await run(growing(declared), {}, { maxMemoryBytes: 10 * 65_536 });
      expect(call(instance, "grow")(9)).toBe(1);
      expect(instance.memoryBytes).toBe(10 * 65_536);
      expect(call(instance, "grow")(1)).toBe(-1);
    }
  });

  test("a memory that a module keeps to itself is bounded as well", async () => {
    const instance = await run(
      `(component
        (core module $M (memory 1)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
        (core instance $i (instantiate $M))
        (func (export "grow") (param "by" s32) (result s32) (canon lift (core func $i "grow"))))`,
      {},
      { maxMemoryBytes: 10 * 65_536 },
    );
    expect(call(instance, "grow")(9)).toBe(1);
    expect(call(instance, "grow")(1)).toBe(-1);
  });

  test("a memory that declares less stays smaller", async () => {
    const instance = await run(growing("1 2"));
    expect(call(instance, "grow")(2)).toBe(-1);
    expect(call(instance, "grow")(1)).toBe(1);
  });

  test("a table cannot grow beyond maxTableEntries", async () => {
    const instance = await run(growing("1"), {}, { maxTableEntries: 100 });
    expect(call(instance, "growTable")(100)).toBe(-1);
    expect(call(instance, "growTable")(99)).toBe(1);
  });

  test("values are right after the memory grew in the middle of a call", async () => {
    const instance = await run(
      guest(
        `(func (export "f") (param i32 i32) (result i32)
          (drop (memory.grow (i32.const 1)))
          (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1)) (i32.const 64))`,
        lift("f", '(param "x" (list string)) (result (list string))'),
      ),
    );
    const words = Array.from({ length: 3_000 }, (_, i) => `word ${i} ${"x".repeat(i % 60)}`);
    for (let i = 0; i < 3; i++) expect(call(instance, "f")(words)).toEqual(words);
  });
});

describe("names that every object of JavaScript has", () => {
  test("are no values of a record's or of flags' fields", async () => {
    const instance = await run(
      guest(
        `(func (export "f") (param i32 i32 i32) (result i32) (i32.add (local.get 0) (local.get 2)))`,
        `(type $p (record (field "to-string" (option u32)))) (type $f (flags "constructor" "value-of"))
         (export $p2 "p" (type $p)) (export $f2 "fl" (type $f))
         ${lift("f", '(param "p" $p2) (param "f" $f2) (result u32)')}`,
      ),
    );
    expect(call(instance, "f")({}, {})).toBe(0);
    expect(call(instance, "f")({ toString: 7 }, { valueOf: true })).toBe(3);
  });
});
