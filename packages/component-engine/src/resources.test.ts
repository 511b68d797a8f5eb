import { describe, expect, test } from "vitest";
import { compile, EngineError, instantiate, ResultError, type EngineLimits, type Instance } from "./index.js";
import { allocator, componentOf, run as runText } from "./testing/wat.test.helper.js";

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function link(
  wit: string,
  core: string,
  imports: Record<string, unknown> = {},
  limits: Partial<EngineLimits> = {},
): Promise<Instance> {
  return instantiate(await compile(await componentOf(`(module ${core} ${allocator})`, wit)), imports, {
    limits,
  });
}

/** A component that uses streams of the host. */
const streams = "test:io/streams@0.2.3";
const streamsWit = `package test:io@0.2.3;
  interface streams {
    resource output-stream {
      constructor(name: string);
      write: func(n: u32) -> result<u32, string>;
      open: static func(n: u32) -> output-stream;
    }
    close: func(s: output-stream);
    same: func(a: borrow<output-stream>, b: borrow<output-stream>) -> bool;
    maybe: func() -> option<output-stream>;
  }
  world w {
    import streams;
    use streams.{output-stream};
    export run: func(n: u32) -> u32;
    export take: func(s: output-stream) -> u32;
    export lend: func(s: borrow<output-stream>, n: u8) -> u32;
    export keep: func(s: output-stream, n: u8);
    export back: func(s: output-stream) -> output-stream;
  }`;

interface Log {
  readonly lines: string[];
}

function hostStreams(log: Log = { lines: [] }): Record<string, unknown> {
  class OutputStream {
    readonly name: string;
    constructor(name: string) {
      this.name = name;
      log.lines.push(`new ${name}`);
    }
    write(n: number): number {
      if (n > 99) throw new ResultError(`${this.name} is full`);
      log.lines.push(`${this.name} ${n}`);
      return n + 1;
    }
    static open(n: number): OutputStream {
      return new this(`opened ${n}`);
    }
    [Symbol.dispose](): void {
      log.lines.push(`drop ${this.name}`);
    }
  }
  return {
    OutputStream,
    close: (stream: OutputStream) => log.lines.push(`close ${stream.name}`) * 0 || undefined,
    same: (a: OutputStream, b: OutputStream) => a === b,
    maybe: () => undefined,
  };
}

/** The guest of `streams`: `run` has the body, `$s` is a local for a handle. */
function streamGuest(bodies: { run?: string; lend?: string; take?: string } = {}): string {
  return `
    (import "${streams}" "[constructor]output-stream" (func $new (param i32 i32) (result i32)))
    (import "${streams}" "[method]output-stream.write" (func $write (param i32 i32 i32)))
    (import "${streams}" "[static]output-stream.open" (func $open (param i32) (result i32)))
    (import "${streams}" "close" (func $close (param i32)))
    (import "${streams}" "same" (func $same (param i32 i32) (result i32)))
    (import "${streams}" "maybe" (func $maybe (param i32)))
    (import "${streams}" "[resource-drop]output-stream" (func $drop (param i32)))
    (data (i32.const 64) "out")
    (func (export "run") (param $n i32) (result i32) (local $s i32) ${bodies.run ?? "(i32.const 0)"})
    (func (export "take") (param $s i32) (result i32) ${bodies.take ?? "(call $write (local.get $s) (i32.const 5) (i32.const 128)) (call $drop (local.get $s)) (local.get $s)"})
    (func (export "lend") (param $s i32) (param i32) (result i32) ${bodies.lend ?? "(call $write (local.get $s) (i32.const 6) (i32.const 128)) (call $drop (local.get $s)) (local.get $s)"})
    (func (export "keep") (param i32 i32))
    (func (export "back") (param $s i32) (result i32) (local.get $s))`;
}

function run(instance: Instance, name: string, ...args: unknown[]): unknown {
  const func: unknown = instance.exports[name];
  if (typeof func !== "function") throw new Error(`there is no export ${name}`);
  return Reflect.apply(func, undefined, args) as unknown;
}

describe("resources of the host", () => {
  test("constructor, method, static and drop are those of the class", async () => {
    const log: Log = { lines: [] };
    const body = `
      (local.set $s (call $new (i32.const 64) (i32.const 3)))
      (call $write (local.get $s) (local.get $n) (i32.const 128))
      (call $drop (local.get $s))
      (local.set $s (call $open (i32.const 7)))
      (call $write (local.get $s) (i32.const 8) (i32.const 128))
      (call $close (local.get $s))
      (i32.load (i32.const 132))`;
    const instance = await link(streamsWit, streamGuest({ run: body }), { [streams]: hostStreams(log) });
    expect(run(instance, "run", 4)).toBe(9);
    expect(log.lines).toEqual([
      "new out",
      "out 4",
      "drop out",
      "new opened 7",
      "opened 7 8",
      "close opened 7",
    ]);
  });

  test("an own handle that is dropped or given away is free: the next one gets its index", async () => {
    const body = `(local.set $s (call $open (i32.const 1))) (call $close (local.get $s)) (call $open (i32.const 2)) (call $drop (local.get $s)) (local.get $s)`;
    const instance = await link(streamsWit, streamGuest({ run: `${body} drop drop (local.get $s)` }), {
      [streams]: hostStreams(),
    });
    for (let i = 0; i < 5; i++) expect(run(instance, "run", 0)).toBe(1);
  });

  test("an error of a method's result is the guest's to handle", async () => {
    const body = `(call $write (call $open (i32.const 1)) (i32.const 100) (i32.const 128)) (i32.load8_u (i32.const 128))`;
    const instance = await link(streamsWit, streamGuest({ run: body }), { [streams]: hostStreams() });
    expect(run(instance, "run", 0)).toBe(1);
    expect(instance.poisoned).toBeUndefined();
  });

  test("the object stays the same on its way through the guest", async () => {
    const given = hostStreams();
    const instance = await link(
      streamsWit,
      streamGuest({
        lend: "(call $same (local.get $s) (local.get $s)) (call $drop (local.get $s))",
      }),
      { [streams]: given },
    );
    const stream = Reflect.construct(given["OutputStream"] as new (name: string) => object, ["a"]);
    expect(run(instance, "lend", stream, 1)).toBe(1);
    expect(run(instance, "back", stream)).toBe(stream);
  });

  test("exports take own and borrowed handles", async () => {
    const log: Log = { lines: [] };
    const given = hostStreams(log);
    const instance = await link(streamsWit, streamGuest(), { [streams]: given });
    const make = given["OutputStream"] as new (name: string) => object;
    run(instance, "take", new make("a"));
    run(instance, "lend", new make("b"), 1);
    expect(log.lines).toEqual(["new a", "a 5", "drop a", "new b", "b 6"]);
  });

  test("a borrowed handle that the guest keeps ends the instance", async () => {
    const given = hostStreams();
    const instance = await link(streamsWit, streamGuest({ lend: "(i32.const 0)" }), { [streams]: given });
    const stream = Reflect.construct(given["OutputStream"] as new (name: string) => object, ["a"]);
    const error = caught(() => run(instance, "lend", stream, 1));
    expect([error.code, error.message]).toEqual([
      "bad-guest-value",
      "the call did not drop a borrowed handle",
    ]);
  });

  test("an argument that does not fit leaves no handle behind", async () => {
    const given = hostStreams();
    const instance = await link(streamsWit, streamGuest(), { [streams]: given }, { maxHandles: 1 });
    const stream = Reflect.construct(given["OutputStream"] as new (name: string) => object, ["a"]);
    for (let i = 0; i < 3; i++) {
      expect(caught(() => run(instance, "lend", stream, 256)).code).toBe("bad-argument");
      expect(caught(() => run(instance, "keep", stream, 256)).code).toBe("bad-argument");
    }
    expect(run(instance, "lend", stream, 1)).toBe(1);
  });

  test("an object of another class is no stream", async () => {
    const instance = await link(streamsWit, streamGuest({ run: "(call $open (i32.const 1))" }), {
      [streams]: {
        ...hostStreams(),
        OutputStream: class extends (hostStreams()["OutputStream"] as new () => object) {
          static open() {
            return {};
          }
        },
      },
    });
    expect(caught(() => run(instance, "take", {})).message).toBe(
      "take: s: expected an instance of the class given for output-stream, found an object",
    );
    expect(caught(() => run(instance, "take", 5)).message).toMatch(
      /expected a resource output-stream, found 5/,
    );
    expect(caught(() => run(instance, "run", 1)).code).toBe("bad-import-value");
  });

  test("a missing class, a missing method, a value that is no class", async () => {
    const component = await compile(await componentOf(`(module ${streamGuest()} ${allocator})`, streamsWit));
    const given = hostStreams();
    const messages = [
      { ...given, OutputStream: undefined },
      { ...given, OutputStream: class extends Object {} },
      { ...given, OutputStream: () => undefined },
    ].map((streamsGiven) => caught(() => instantiate(component, { [streams]: streamsGiven })).message);
    expect(messages).toEqual([
      `the component imports the resource ${streams}#output-stream: a class OutputStream is not given`,
      `the class given for ${streams}#output-stream lacks the method write`,
      `the import ${streams}#output-stream must be a class`,
    ]);
  });

  test("a Symbol.dispose that throws ends the instance", async () => {
    class OutputStream extends (hostStreams()["OutputStream"] as new (name: string) => object) {
      [Symbol.dispose](): void {
        throw new Error("no");
      }
    }
    const instance = await link(
      streamsWit,
      streamGuest({ run: "(call $drop (call $new (i32.const 64) (i32.const 3))) (i32.const 0)" }),
      { [streams]: { ...hostStreams(), OutputStream } },
    );
    const error = caught(() => run(instance, "run", 1));
    expect([error.code, error.message]).toEqual([
      "import-failed",
      "Symbol.dispose of output-stream threw: no",
    ]);
    expect(caught(() => run(instance, "run", 1)).cause).toBe(error);
  });

  test("what the guest still owns is dropped when the instance is disposed, dead or alive", async () => {
    const log: Log = { lines: [] };
    const given = hostStreams(log);
    const body =
      "(call $open (local.get $n)) drop (if (i32.eqz (local.get $n)) (then unreachable)) (i32.const 1)";
    const instance = await link(streamsWit, streamGuest({ run: body }), { [streams]: given });
    run(instance, "run", 1);
    run(instance, "run", 2);
    expect(caught(() => run(instance, "run", 0)).code).toBe("trap");
    log.lines.length = 0;
    instance.dispose();
    instance.dispose();
    expect(log.lines).toEqual(["drop opened 1", "drop opened 2", "drop opened 0"]);
    expect(caught(() => run(instance, "run", 1)).code).toBe("poisoned");
    const other = await link(streamsWit, streamGuest(), { [streams]: given });
    other.dispose();
    expect(caught(() => run(other, "run", 1)).code).toBe("disposed");
  });

  test("disposing goes on after a Symbol.dispose that throws, and tells of the first", async () => {
    const dropped: string[] = [];
    class OutputStream extends (hostStreams()["OutputStream"] as new (name: string) => { name: string }) {
      [Symbol.dispose](): void {
        dropped.push(this.name);
        throw new Error(`no ${this.name}`);
      }
    }
    const instance = await link(streamsWit, streamGuest({ run: "(call $open (local.get $n))" }), {
      [streams]: { ...hostStreams(), OutputStream },
    });
    run(instance, "run", 1);
    run(instance, "run", 2);
    const error = caught(() => instance.dispose());
    expect([error.code, error.message]).toEqual([
      "import-failed",
      "Symbol.dispose of output-stream threw: no opened 1",
    ]);
    expect(dropped).toEqual(["opened 1", "opened 2"]);
    expect(() => instance.dispose()).not.toThrow();
  });

  test("a start that fails drops what it was given", async () => {
    const log: Log = { lines: [] };
    const text = `(component
      (import "files" (instance $h (export "file" (type $f (sub resource))) (export "open" (func (result (own $f))))))
      (core func $open (canon lower (func $h "open")))
      (core module $M (import "h" "open" (func $open (result i32)))
        (func $start (drop (call $open)) unreachable) (start $start))
      (core instance (instantiate $M (with "h" (instance (export "open" (func $open)))))))`;
    const file = { [Symbol.dispose]: () => log.lines.push("dropped") };
    await expect(runText(text, { files: { open: () => file } })).rejects.toMatchObject({ code: "trap" });
    expect(log.lines).toEqual(["dropped"]);
  });

  test("the number of handles is limited, and the error names the limit", async () => {
    const instance = await link(
      streamsWit,
      streamGuest({ run: "(loop $l (drop (call $open (i32.const 1))) (br $l)) unreachable" }),
      { [streams]: hostStreams() },
      { maxHandles: 50 },
    );
    const error = caught(() => run(instance, "run", 1));
    expect([error.code, error.limit, error.message]).toEqual([
      "limit-exceeded",
      "maxHandles",
      "the guest holds too many handles: the limit maxHandles is 50",
    ]);
  });

  test("a version that is compatible gives the class", async () => {
    const instance = await link(streamsWit, streamGuest({ run: "(call $open (i32.const 1))" }), {
      "test:io/streams@0.2.12": hostStreams(),
    });
    expect(run(instance, "run", 1)).toBe(1);
  });
});

/** A component that gives the host counters: what a counter stands for is the address of its number. */
const counters = "test:count/counters";
const countersWit = `package test:count;
  interface counters {
    resource counter {
      constructor(start: u32);
      get: func() -> u32;
      add: func(other: borrow<counter>) -> u32;
      then: func() -> u32;
      alive: static func() -> u32;
      prototype: static func() -> u32;
    }
    eat: func(c: counter, n: u8) -> u32;
    both: func(a: borrow<counter>, b: counter) -> u32;
    make: func(n: u32) -> list<counter>;
    pass: func(c: counter) -> counter;
  }
  interface log { note: func(n: u32); }
  world w { import log; export counters; }`;

function counterGuest(dtor = ""): string {
  const name = (member: string): string => `"${counters}#${member}"`;
  return `
    (import "test:count/log" "note" (func $note (param i32)))
    (import "[export]${counters}" "[resource-new]counter" (func $new (param i32) (result i32)))
    (import "[export]${counters}" "[resource-rep]counter" (func $rep (param i32) (result i32)))
    (import "[export]${counters}" "[resource-drop]counter" (func $drop (param i32)))
    (global $alive (mut i32) (i32.const 0))
    (global $cell (mut i32) (i32.const 1024))
    (func $make (param $start i32) (result i32)
      (global.set $alive (i32.add (global.get $alive) (i32.const 1)))
      (global.set $cell (i32.add (global.get $cell) (i32.const 4)))
      (i32.store (global.get $cell) (local.get $start))
      (call $new (global.get $cell)))
    (func (export ${name("[constructor]counter")}) (param i32) (result i32) (call $make (local.get 0)))
    (func (export ${name("[method]counter.get")}) (param i32) (result i32) (i32.load (local.get 0)))
    (func (export ${name("[method]counter.add")}) (param i32 i32) (result i32)
      (i32.add (i32.load (local.get 0)) (i32.load (local.get 1))))
    (func (export ${name("[method]counter.then")}) (param i32) (result i32) (i32.const 77))
    (func (export ${name("[static]counter.alive")}) (result i32) (global.get $alive))
    (func (export ${name("[static]counter.prototype")}) (result i32) (i32.const 78))
    (func $recurse (call $recurse))
    (func (export ${name("[dtor]counter")}) (param i32)
      (global.set $alive (i32.sub (global.get $alive) (i32.const 1)))
      ${dtor})
    (func (export ${name("eat")}) (param $c i32) (param i32) (result i32)
      (i32.load (call $rep (local.get $c))) (call $drop (local.get $c)))
    (func (export ${name("both")}) (param $a i32) (param $b i32) (result i32)
      (i32.add (i32.load (local.get $a)) (i32.load (call $rep (local.get $b)))) (call $drop (local.get $b)))
    (func (export ${name("make")}) (param $n i32) (result i32) (local $i i32)
      (loop $l
        (i32.store (i32.add (i32.const 8192) (i32.mul (local.get $i) (i32.const 4))) (call $make (local.get $i)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
      (i32.store (i32.const 128) (i32.const 8192))
      (i32.store (i32.const 132) (local.get $n))
      (i32.const 128))
    (func (export ${name("pass")}) (param i32) (result i32) (local.get 0))`;
}

interface Counter {
  get(): number;
  add(other: unknown): number;
  then_(): number;
  [Symbol.dispose](): void;
}
interface Counters {
  readonly Counter: { new (start: unknown): Counter; alive(): number; prototype_(): number };
  eat(c: unknown, n: number): number;
  both(a: unknown, b: unknown): number;
  make(n: number): Counter[];
  pass(c: unknown): Counter;
}

async function linkCounters(
  dtor = "",
  note: (n: number) => void = () => undefined,
): Promise<{ readonly instance: Instance; readonly api: Counters }> {
  const instance = await link(countersWit, counterGuest(dtor), { "test:count/log": { note } });
  return { instance, api: instance.exports[counters] as Counters };
}

describe("resources of the guest", () => {
  test("a class with constructor, methods and static functions, and nothing else beside the functions", async () => {
    const { api } = await linkCounters();
    expect(Object.keys(api).sort()).toEqual(["Counter", "both", "eat", "make", "pass"]);
    const one = new api.Counter(4);
    expect(one).toBeInstanceOf(api.Counter);
    expect(api.Counter.name).toBe("Counter");
    expect([one.get(), one.add(new api.Counter(5)), one["then_"]()]).toEqual([4, 9, 77]);
    expect([api.Counter.alive(), api.Counter["prototype_"]()]).toEqual([2, 78]);
    expect(await Promise.resolve(one)).toBe(one);
    expect(Object.isFrozen(api.Counter)).toBe(true);
  });

  test("dropping runs the destructor, once", async () => {
    const { api } = await linkCounters();
    const one = new api.Counter(4);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(api.Counter.alive()).toBe(0);
    const error = caught(() => one.get());
    expect([error.code, error.message]).toEqual([
      "bad-argument",
      `${counters}#[method]counter.get: self: this counter was dropped`,
    ]);
  });

  test("what was given away cannot be used, nor given or dropped again", async () => {
    const { api, instance } = await linkCounters();
    const one = new api.Counter(4);
    expect(api.eat(one, 1)).toBe(4);
    one[Symbol.dispose]();
    expect(api.Counter.alive()).toBe(0);
    expect(caught(() => one.get()).message).toMatch(/this counter was given/);
    expect(caught(() => api.eat(one, 1)).message).toMatch(/c: this counter was given/);
    expect(instance.poisoned).toBeUndefined();
  });

  test("an argument that does not fit gives nothing away", async () => {
    const { api } = await linkCounters();
    const one = new api.Counter(4);
    expect(caught(() => api.eat(one, 256)).code).toBe("bad-argument");
    expect(caught(() => api.both(one, one)).message).toMatch(/b: this counter is lent in the same call/);
    expect(caught(() => api.both(one, 5)).message).toMatch(/b: expected a resource counter, found 5/);
    expect(api.both(one, new api.Counter(3))).toBe(7);
    expect(api.eat(one, 1)).toBe(4);
  });

  test("lists of resources, and one that comes back", async () => {
    const { api } = await linkCounters();
    const all = api.make(3);
    expect(all.map((counter) => counter.get())).toEqual([0, 1, 2]);
    const back = api.pass(all[2]);
    expect(back.get()).toBe(2);
    expect(caught(() => all[2]?.get()).message).toMatch(/was given/);
    for (const counter of [...all, back]) counter[Symbol.dispose]();
    expect(api.Counter.alive()).toBe(0);
  });

  test("a resource of another instance, and an object that is none", async () => {
    const { api } = await linkCounters();
    const { api: other } = await linkCounters();
    expect(caught(() => api.eat(new other.Counter(1), 1)).message).toMatch(
      /this counter belongs to another component/,
    );
    const forged: unknown = Object.create(api.Counter.prototype as object);
    expect(caught(() => api.eat(forged, 1)).message).toMatch(/expected a resource counter, found an object/);
    expect(() => {
      (forged as Counter)[Symbol.dispose]();
    }).toThrow(TypeError);
    expect(caught(() => Reflect.apply(api.Counter.prototype.get as () => number, 5, [])).code).toBe(
      "bad-argument",
    );
  });

  test("a class of the host can extend it", async () => {
    const { api } = await linkCounters();
    class Loud extends api.Counter {
      override get(): number {
        return super.get() * 100;
      }
    }
    const loud = new Loud(3);
    expect(loud.get()).toBe(300);
    expect(api.eat(loud, 1)).toBe(3);
  });

  test("nothing is dropped or disposed while the component runs", async () => {
    const actions: (() => void)[] = [];
    const { api, instance } = await linkCounters("(call $note (i32.const 1))", () => actions.shift()?.());
    const one = new api.Counter(1);
    const two = new api.Counter(2);
    const seen: string[] = [];
    actions.push(() => {
      seen.push(caught(() => two[Symbol.dispose]()).code, caught(() => instance.dispose()).code);
    });
    one[Symbol.dispose]();
    expect(seen).toEqual(["reentered", "reentered"]);
    two[Symbol.dispose]();
    expect(api.Counter.alive()).toBe(0);
  });

  test.each([
    ["a destructor that traps", "unreachable", /the destructor of counter trapped/],
    ["a destructor that uses up the stack", "(call $recurse)", /the destructor of counter ran out of stack/],
  ])(
    "%s ends the instance; dropping more is quiet, calls answer with the first cause",
    async (_, dtor, message) => {
      const { api, instance } = await linkCounters(dtor);
      const one = new api.Counter(1);
      const two = new api.Counter(2);
      const error = caught(() => one[Symbol.dispose]());
      expect([error.code, instance.poisoned]).toEqual(["trap", error]);
      expect(error.message).toMatch(message);
      expect(() => two[Symbol.dispose]()).not.toThrow();
      expect(caught(() => two.get()).cause).toBe(error);
    },
  );

  test("a wrong argument of the constructor makes nothing", async () => {
    const { api } = await linkCounters();
    expect(caught(() => new api.Counter("x")).code).toBe("bad-argument");
    expect(api.Counter.alive()).toBe(0);
  });

  test("one component's resources are another's imports", async () => {
    const { api } = await linkCounters();
    const wit = `package test:count;
      interface counters {
        resource counter { constructor(start: u32); get: func() -> u32; }
        eat: func(c: counter, n: u8) -> u32;
      }
      world w { import counters; export run: func(n: u32) -> u32; }`;
    const user = await link(
      wit,
      `(import "${counters}" "[constructor]counter" (func $new (param i32) (result i32)))
       (import "${counters}" "[method]counter.get" (func $get (param i32) (result i32)))
       (import "${counters}" "eat" (func $eat (param i32 i32) (result i32)))
       (import "${counters}" "[resource-drop]counter" (func $drop (param i32)))
       (func (export "run") (param i32) (result i32) (local $c i32)
         (call $drop (call $new (i32.const 9)))
         (local.set $c (call $new (local.get 0)))
         (i32.add (call $get (local.get $c)) (call $eat (local.get $c) (i32.const 1))))`,
      { [counters]: api },
    );
    expect(run(user, "run", 21)).toBe(42);
    expect(api.Counter.alive()).toBe(0);
    const kept = await link(
      wit,
      `(import "${counters}" "[constructor]counter" (func $new (param i32) (result i32)))
       (func (export "run") (param i32) (result i32) (call $new (local.get 0)))`,
      { [counters]: api },
    );
    run(kept, "run", 1);
    expect(api.Counter.alive()).toBe(1);
    kept.dispose();
    expect(api.Counter.alive()).toBe(0);
  });
});

describe("names", () => {
  const odd = ["then", "constructor", "to-string", "value-of", "call"];
  const oddWit = `package test:odd;
    interface odd {
      resource thing {
        ${odd.map((name) => `%${name}: func() -> u32;`).join(" ")}
      }
      resource object {
        prototype: static func() -> u32; name: static func() -> u32; length: static func() -> u32;
        apply: static func() -> u32; then: static func() -> u32;
      }
      make: func() -> thing;
    }
    world imports { import odd; export run: func(n: u32) -> u32; }`;

  test("of what every object has: the class that is given has to have them itself", async () => {
    const methods = odd
      .map(
        (name) => `(import "test:odd/odd" "[method]thing.${name}" (func $${name} (param i32) (result i32)))`,
      )
      .join(" ");
    const statics = ["prototype", "name", "length", "apply", "then"];
    const imported = statics
      .map((name) => `(import "test:odd/odd" "[static]object.${name}" (func $s-${name} (result i32)))`)
      .join(" ");
    const sum = [
      ...odd.map((name) => `(call $${name} (local.get $t))`),
      ...statics.map((name) => `(call $s-${name})`),
    ];
    const core = `${methods} ${imported} (import "test:odd/odd" "make" (func $make (result i32)))
      (func (export "run") (param i32) (result i32) (local $t i32) (local.set $t (call $make))
        ${sum.reduce((left, right) => `(i32.add (i32.mul ${left} (i32.const 2)) ${right})`)})`;
    const bytes = await componentOf(`(module ${core} ${allocator})`, oddWit);
    const component = await compile(bytes);
    class Thing {
      then_(): number {
        return 1;
      }
      constructor_(): number {
        return 0;
      }
      toString(): number {
        return 1;
      }
      valueOf(): number {
        return 1;
      }
      call(): number {
        return 0;
      }
    }
    class Odd {
      readonly self = true;
      static prototype_(): number {
        return 1;
      }
      static name(): number {
        return 0;
      }
      static length(): number {
        return 1;
      }
      static apply(): number {
        return 1;
      }
      static then_(): number {
        return 1;
      }
    }
    const given = { Thing, Object: Odd, make: () => new Thing() };
    const instance = instantiate(component, { "test:odd/odd": given });
    expect(run(instance, "run", 0)).toBe(0b1011010111);
    for (const missing of [
      { ...given, Thing: class extends Object {} },
      { ...given, Object: class extends Object {} },
    ]) {
      expect(caught(() => instantiate(component, { "test:odd/odd": missing })).code).toBe("missing-import");
    }
  });
});

describe("a component that exports what it imports", () => {
  test("hands on the class of the host; after its end it answers with the cause", async () => {
    class File {
      read(): number {
        return 5;
      }
    }
    const text = `(component
      (import "files" (instance $h (export "file" (type $f (sub resource)))
        (export "[method]file.read" (func (param "self" (borrow $f)) (result u32))) (export "open" (func (result (own $f))))))
      (export "again" (instance $h)))`;
    const instance = await runText(text, { files: { File, open: () => new File() } });
    const again = instance.exports["again"] as { File: typeof File; open(): File };
    expect(again.File).toBe(File);
    expect(again.open().read()).toBe(5);
    instance.dispose();
    expect(caught(() => again.open()).code).toBe("disposed");
  });
});
