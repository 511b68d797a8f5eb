import { describe, expect, test } from "vitest";
import { EngineError } from "./index.js";
import { call, run } from "./testing/wat.test.helper.js";

// "Table State", "Resource State", "canon resource.new", "resource.drop" and "resource.rep" of CanonicalABI.md, between instances.

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** One component that uses its own resources: `body` answers with an i32 and has the locals `$a` and `$b`. */
function alone(body: string): string {
  return `(component
    (type $r (resource (rep i32))) (type $s (resource (rep i32)))
    (core func $new (canon resource.new $r)) (core func $drop (canon resource.drop $r)) (core func $rep (canon resource.rep $r))
    (core func $drop-other (canon resource.drop $s)) (core func $rep-other (canon resource.rep $s))
    (core module $M
      (import "h" "new" (func $new (param i32) (result i32))) (import "h" "drop" (func $drop (param i32)))
      (import "h" "rep" (func $rep (param i32) (result i32)))
      (import "h" "drop-other" (func $drop-other (param i32))) (import "h" "rep-other" (func $rep-other (param i32) (result i32)))
      (func $is (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then unreachable)))
      (func (export "f") (result i32) (local $a i32) (local $b i32) ${body}))
    (core instance $i (instantiate $M (with "h" (instance (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))
      (export "drop-other" (func $drop-other)) (export "rep-other" (func $rep-other))))))
    (func (export "f") (result s32) (canon lift (core func $i "f"))))`;
}

describe("the table of handles", () => {
  test("indices begin at 1; the one that was freed last is used next", async () => {
    const instance = await run(
      alone(`
        (call $is (call $new (i32.const 10)) (i32.const 1)) (call $is (call $new (i32.const 20)) (i32.const 2))
        (call $is (call $new (i32.const 30)) (i32.const 3))
        (call $drop (i32.const 1)) (call $drop (i32.const 3))
        (call $is (call $new (i32.const 40)) (i32.const 3)) (call $is (call $new (i32.const 50)) (i32.const 1))
        (call $is (call $new (i32.const 60)) (i32.const 4))
        (call $is (call $rep (i32.const 2)) (i32.const 20)) (call $is (call $rep (i32.const 3)) (i32.const 40))
        (i32.const 7)`),
    );
    expect(call(instance, "f")()).toBe(7);
  });

  test("a representation can be any number", async () => {
    for (const rep of [0, -1, 0x7fffffff, -0x80000000]) {
      expect(call(await run(alone(`(call $rep (call $new (i32.const ${rep})))`)), "f")()).toBe(rep);
    }
  });

  test.each([
    ["never made", "(call $rep (i32.const 1))", /handle 1 does not exist/],
    ["0", "(call $rep (i32.const 0))", /handle 0 does not exist/],
    ["the highest", "(call $rep (i32.const -1))", /handle 4294967295 does not exist/],
    ["0, dropped", "(call $drop (i32.const 0)) (i32.const 0)", /handle 0 does not exist/],
    [
      "dropped twice",
      "(local.set $a (call $new (i32.const 1))) (call $drop (local.get $a)) (call $drop (local.get $a)) (i32.const 0)",
      /handle 1 does not exist/,
    ],
    [
      "of another type",
      "(call $rep-other (call $new (i32.const 1)))",
      /handle 1 is of another resource type/,
    ],
    [
      "of another type, dropped",
      "(call $drop-other (call $new (i32.const 1))) (i32.const 0)",
      /another resource type/,
    ],
  ])("a handle that is %s ends the instance", async (_, body, message) => {
    const instance = await run(alone(body));
    const error = caught(() => call(instance, "f")());
    expect([error.code, instance.poisoned]).toEqual(["bad-guest-value", error]);
    expect(error.message).toMatch(message);
  });
});

/** Defines a resource, counts those alive, and takes them back in several ways. */
const owner = `(component $owner
  (core module $D (global $alive (export "alive") (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $alive (i32.sub (global.get $alive) (i32.const 1)))))
  (core instance $d (instantiate $D))
  (type $r' (resource (rep i32) (dtor (core func $d "dtor")))) (export $r "r" (type $r'))
  (core func $new (canon resource.new $r')) (core func $drop (canon resource.drop $r'))
  (core module $M
    (import "d" "alive" (global $alive (mut i32))) (import "d" "new" (func $new (param i32) (result i32)))
    (import "d" "drop" (func $drop (param i32)))
    (func (export "make") (param i32) (result i32)
      (global.set $alive (i32.add (global.get $alive) (i32.const 1))) (call $new (local.get 0)))
    (func (export "rep") (param i32) (result i32) (local.get 0))
    (func (export "pair") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "mixed") (param i32 i32) (result i32) (call $drop (local.get 1)) (local.get 0))
    (func (export "alive") (result i32) (global.get $alive)))
  (core instance $i (instantiate $M (with "d" (instance (export "alive" (global $d "alive")) (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "make") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
  (func (export "rep") (param "self" (borrow $r)) (result u32) (canon lift (core func $i "rep")))
  (func (export "pair") (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32) (canon lift (core func $i "pair")))
  (func (export "mixed") (param "a" (borrow $r)) (param "b" (own $r)) (result u32) (canon lift (core func $i "mixed")))
  (func (export "alive") (result u32) (canon lift (core func $i "alive"))))`;

const members = `(export "r" (type $r (sub resource)))
  (export "make" (func (param "x" u32) (result (own $r)))) (export "rep" (func (param "self" (borrow $r)) (result u32)))
  (export "pair" (func (param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)))
  (export "mixed" (func (param "a" (borrow $r)) (param "b" (own $r)) (result u32)))
  (export "alive" (func (result u32)))`;

/** Uses the owner's resources. Passes what it is lent or given on to `next`, an instance like itself, if there is one. */
function user(name: string, bodies: { f?: string; lent?: string; given?: string }, next = false): string {
  const nextType = `(import "next" (instance $n (alias outer $${name} $r (type $nr))
    (export "lent" (func (param "x" (borrow $nr)) (result u32))) (export "given" (func (param "x" (own $nr)) (result u32)))))`;
  return `(component $${name}
    (import "owner" (instance $o ${members}))
    (alias export $o "r" (type $r))
    ${next ? nextType : ""}
    (core func $make (canon lower (func $o "make"))) (core func $rep (canon lower (func $o "rep")))
    (core func $pair (canon lower (func $o "pair"))) (core func $mixed (canon lower (func $o "mixed")))
    (core func $alive (canon lower (func $o "alive"))) (core func $drop (canon resource.drop $r))
    ${next ? '(core func $lend (canon lower (func $n "lent"))) (core func $give (canon lower (func $n "given")))' : ""}
    (core module $M
      (import "o" "make" (func $make (param i32) (result i32))) (import "o" "rep" (func $rep (param i32) (result i32)))
      (import "o" "pair" (func $pair (param i32 i32) (result i32))) (import "o" "mixed" (func $mixed (param i32 i32) (result i32)))
      (import "o" "alive" (func $alive (result i32))) (import "o" "drop" (func $drop (param i32)))
      ${next ? '(import "o" "lend" (func $lend (param i32) (result i32))) (import "o" "give" (func $give (param i32) (result i32)))' : ""}
      (func (export "f") (param i32) (result i32) (local $a i32) (local $b i32) ${bodies.f ?? "(i32.const 0)"})
      (func (export "lent") (param $x i32) (result i32) (local $v i32) ${bodies.lent ?? "(local.set $v (call $rep (local.get $x))) (call $drop (local.get $x)) (local.get $v)"})
      (func (export "given") (param $x i32) (result i32) (local $v i32) ${bodies.given ?? "(local.set $v (call $rep (local.get $x))) (call $drop (local.get $x)) (local.get $v)"}))
    (core instance $i (instantiate $M (with "o" (instance (export "make" (func $make)) (export "rep" (func $rep)) (export "pair" (func $pair))
      (export "mixed" (func $mixed)) (export "alive" (func $alive)) (export "drop" (func $drop))
      ${next ? '(export "lend" (func $lend)) (export "give" (func $give))' : ""}))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f")))
    (func (export "lent") (param "x" (borrow $r)) (result u32) (canon lift (core func $i "lent")))
    (func (export "given") (param "x" (own $r)) (result u32) (canon lift (core func $i "given"))))`;
}

function two(f: string): string {
  return `(component ${owner} (instance $o (instantiate $owner)) ${user("u", { f })}
    (instance $u (instantiate $u (with "owner" (instance $o))))
    (export "f" (func $u "f")) (export "alive" (func $o "alive")))`;
}

function chain(f: string, last: { lent?: string; given?: string } = {}): string {
  return `(component ${owner} (instance $o (instantiate $owner))
    ${user("c", last)} (instance $c (instantiate $c (with "owner" (instance $o))))
    ${user("b", { lent: "(call $lend (local.get $x)) (call $drop (local.get $x))", given: "(call $give (local.get $x))" }, true)}
    (instance $b (instantiate $b (with "owner" (instance $o)) (with "next" (instance $c))))
    ${user("a", { f }, true)}
    (instance $a (instantiate $a (with "owner" (instance $o)) (with "next" (instance $b))))
    (export "f" (func $a "f")) (export "alive" (func $o "alive")))`;
}

describe("lending and giving", () => {
  test("what was lent is whole again after the call; the same handle can be lent twice in one", async () => {
    const instance = await run(
      two(`(local.set $a (call $make (local.get 0)))
        (drop (call $rep (local.get $a)))
        (i32.add (call $pair (local.get $a) (local.get $a)) (call $rep (local.get $a)))
        (call $drop (local.get $a))`),
    );
    expect(call(instance, "f")(5)).toBe(15);
    expect(call(instance, "alive")()).toBe(0);
  });

  test("one lent and one given in the same call", async () => {
    const instance = await run(
      two(`(local.set $a (call $make (i32.const 5))) (local.set $b (call $make (i32.const 6)))
        (call $mixed (local.get $a) (local.get $b)) (i32.add (call $alive))`),
    );
    expect(call(instance, "f")(0)).toBe(6);
  });

  test.each([
    [
      "given away while it is lent",
      "(local.set $a (call $make (i32.const 5))) (call $mixed (local.get $a) (local.get $a))",
      /handle 1 is given away while it is lent/,
    ],
    [
      "used after it was given away",
      "(local.set $a (call $make (i32.const 5))) (drop (call $mixed (call $make (i32.const 6)) (local.get $a))) (call $rep (local.get $a))",
      /handle 1 does not exist/,
    ],
  ])("a handle that is %s ends the component", async (_, body, message) => {
    const instance = await run(two(body));
    const error = caught(() => call(instance, "f")(0));
    expect(error.code).toBe("bad-guest-value");
    expect(error.message).toMatch(message);
    expect(caught(() => call(instance, "alive")()).cause).toBe(error);
  });

  test("through three instances, the owner sees its own again", async () => {
    const lent = await run(
      chain(
        "(local.set $a (call $make (local.get 0))) (call $lend (local.get $a)) (call $drop (local.get $a))",
      ),
    );
    expect(call(lent, "f")(42)).toBe(42);
    expect(call(lent, "alive")()).toBe(0);
    const given = await run(chain("(call $give (call $make (local.get 0)))"));
    expect(call(given, "f")(43)).toBe(43);
    expect(call(given, "alive")()).toBe(0);
  });

  test.each([
    ["keeps it", "(i32.const 1)", /the call did not drop a borrowed handle/],
    [
      "gives it away as its own",
      "(call $mixed (local.get $x) (local.get $x))",
      /given away while it is lent/,
    ],
    [
      "gives it away",
      "(call $mixed (call $make (i32.const 1)) (local.get $x))",
      /handle 1 is borrowed, not owned/,
    ],
    [
      "drops it twice",
      "(call $drop (local.get $x)) (call $drop (local.get $x)) (i32.const 1)",
      /handle 1 does not exist/,
    ],
  ])("an instance that was lent a handle and %s", async (_, lent, message) => {
    const instance = await run(
      chain(
        "(local.set $a (call $make (local.get 0))) (call $lend (local.get $a)) (call $drop (local.get $a))",
        { lent },
      ),
    );
    const error = caught(() => call(instance, "f")(1));
    expect(error.code).toBe("bad-guest-value");
    expect(error.message).toMatch(message);
  });

  test("an index of another instance is no handle here", async () => {
    const instance = await run(
      chain(
        "(local.set $a (call $make (i32.const 1))) (local.set $b (call $make (i32.const 2))) (call $give (local.get $a))",
        {
          given: "(call $rep (i32.const 2))",
        },
      ),
    );
    expect(caught(() => call(instance, "f")(1)).message).toMatch(/handle 2 does not exist/);
  });
});

/** Uses files of the host; with `more`, passes them on to `pass`. */
const part = (name: string, f: string, more = ""): string => `(component $${name}
  (import "files" (instance $h (export "file" (type $f (sub resource)))
    (export "[method]file.read" (func (param "self" (borrow $f)) (result u32)))
    (export "open" (func (param "n" u32) (result (own $f))))))
  (alias export $h "file" (type $f))
  ${more}
  (core func $read (canon lower (func $h "[method]file.read"))) (core func $open (canon lower (func $h "open")))
  (core func $drop (canon resource.drop $f))
  (core module $M (import "h" "read" (func $read (param i32) (result i32))) (import "h" "open" (func $open (param i32) (result i32)))
    (import "h" "drop" (func $drop (param i32))) ${more === "" ? "" : '(import "h" "pass" (func $pass (param i32) (result i32)))'}
    (func (export "f") (param $x i32) (result i32) (local $v i32) ${f}))
  (core instance $i (instantiate $M (with "h" (instance (export "read" (func $read)) (export "open" (func $open)) (export "drop" (func $drop))
    ${more === "" ? "" : '(export "pass" (func $pass))'}))))
  (func (export "f") ${more === "" ? '(param "x" (own $f))' : '(param "x" u32)'} (result u32) (canon lift (core func $i "f"))))`;

describe("resources of the host, inside", () => {
  test("pass through nested components as the same object", async () => {
    const log: unknown[] = [];
    class File {
      readonly #n: number;
      constructor(n: number) {
        this.#n = n;
      }
      read(): number {
        log.push(this);
        return this.#n;
      }
      [Symbol.dispose](): void {
        log.push("dropped", this);
      }
    }
    const opened: File[] = [];
    const instance = await run(
      `(component
        (import "files" (instance $h (export "file" (type $f (sub resource)))
          (export "[method]file.read" (func (param "self" (borrow $f)) (result u32)))
          (export "open" (func (param "n" u32) (result (own $f))))))
        (alias export $h "file" (type $f))
        ${part("reader", "(local.set $v (call $read (local.get $x))) (call $drop (local.get $x)) (local.get $v)")}
        (instance $r (instantiate $reader (with "files" (instance $h))))
        ${part("opener", "(call $pass (call $open (local.get $x)))", '(import "pass" (func $p (param "x" (own $f)) (result u32))) (core func $pass (canon lower (func $p)))')}
        (instance $o (instantiate $opener (with "files" (instance $h)) (with "pass" (func $r "f"))))
        (export "f" (func $o "f")))`,
      {
        files: {
          File,
          open: (n: number) => {
            const file = new File(n);
            opened.push(file);
            return file;
          },
        },
      },
    );
    expect(call(instance, "f")(9)).toBe(9);
    expect(log).toEqual([opened[0], "dropped", opened[0]]);
    instance.dispose();
    expect(log).toHaveLength(3);
  });
});
