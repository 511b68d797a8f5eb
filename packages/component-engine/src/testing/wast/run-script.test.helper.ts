import { assertNever } from "@novywave/base";
import {
  camelCase,
  compile,
  EngineError,
  instantiate,
  ResultError,
  type Component,
  type EngineLimits,
  type FuncType,
  type Instance,
} from "../../index.js";
import { sameValue, valueOf } from "./constants.test.helper.js";
import { readScript, type ComponentText, type Directive, type Invocation } from "./script.test.helper.js";

/** Turns the text of a component into bytes; rejects what is no text of one. */
export type ParseText = (text: string) => Promise<Uint8Array>;

export interface ScriptOptions {
  readonly parse: ParseText;
  readonly limits?: Partial<EngineLimits>;
  /** Given to every component of the script, beside what the script registers. */
  readonly imports?: Record<string, unknown>;
}

/** What came of one directive of a script. */
export type Outcome = { readonly line: number; readonly directive: Directive["kind"] } &
  /** `byTextTool`: what had to be rejected was no text of a component for the tool already, so the engine never saw it. */
  (
    | { readonly kind: "passed"; readonly byTextTool: boolean }
    | { readonly kind: "failed"; readonly reason: string }
    /** A feature that the engine refuses by name: nothing can be said about this directive. */
    | { readonly kind: "unsupported"; readonly feature: string }
  );

type Named<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "unsupported"; readonly feature: string };

interface Running {
  readonly instance: Instance;
  readonly component: Component;
}

/** Runs a script; every directive has an outcome. */
export async function runScript(source: string, options: ScriptOptions): Promise<readonly Outcome[]> {
  const runner = new ScriptRunner(options);
  const outcomes: Outcome[] = [];
  for (const directive of readScript(source)) outcomes.push(await runner.run(directive));
  return outcomes;
}

class Unsupported extends Error {
  readonly feature: string;

  constructor(feature: string) {
    super(feature);
    this.feature = feature;
  }
}

class ScriptRunner {
  readonly #options: ScriptOptions;
  readonly #definitions = new Map<string, Named<Component>>();
  readonly #instances = new Map<string, Named<Running>>();
  readonly #registered: Record<string, unknown> = {};
  #byTextTool = false;
  #lastDefinition: Named<Component> | undefined;
  #lastInstance: Named<Running> | undefined;

  constructor(options: ScriptOptions) {
    this.#options = options;
  }

  async run(directive: Directive): Promise<Outcome> {
    const { line } = directive;
    const about = { line, directive: directive.kind };
    try {
      this.#byTextTool = false;
      const reason = await this.#run(directive);
      if (reason !== undefined) return { ...about, kind: "failed", reason };
      return { ...about, kind: "passed", byTextTool: this.#byTextTool };
    } catch (thrown) {
      const feature = thrown instanceof Unsupported ? thrown.feature : reentrance(thrown);
      if (feature !== undefined) return { ...about, kind: "unsupported", feature };
      return { ...about, kind: "failed", reason: describe(thrown) };
    }
  }

  /** Answers with what is wrong, if something is. */
  async #run(directive: Directive): Promise<string | undefined> {
    switch (directive.kind) {
      case "definition": {
        const { name } = directive.component;
        const component = await named(() => this.#compile(directive.component));
        this.#lastDefinition = component;
        if (name !== undefined) this.#definitions.set(name, component);
        use(component);
        return undefined;
      }
      case "component": {
        const { name } = directive.component;
        const component = await named(() => this.#compile(directive.component));
        this.#lastDefinition = component;
        if (name !== undefined) this.#definitions.set(name, component);
        this.#start(name, component);
        return undefined;
      }
      case "instance": {
        const component =
          directive.of === undefined ? this.#lastDefinition : this.#definitions.get(directive.of);
        if (component === undefined) return `there is no component ${directive.of ?? ""}`;
        this.#start(directive.name, component);
        return undefined;
      }
      case "register":
        this.#registered[directive.as] = this.#instance(directive.instance).instance.exports;
        return undefined;
      case "invoke":
        this.#invoke(directive.action);
        return undefined;
      case "assert-return":
        return this.#assertReturn(directive);
      case "assert-trap":
      case "assert-exhaustion":
        return this.#assertTrap(directive.action);
      case "assert-unlinkable":
        return rejection(await attempt(async () => this.#link(await this.#compile(directive.component))), [
          "missing-import",
          "bad-import",
          "link-failed",
        ]);
      case "assert-malformed":
      case "assert-invalid":
        return rejection(await attempt(() => this.#compile(directive.component)), [
          "malformed",
          "invalid",
          "module-rejected",
          "not-a-component",
          "limit-exceeded",
        ]);
      case "unknown":
        throw new Unsupported(`the directive ${directive.head}`);
      default:
        return assertNever(directive);
    }
  }

  async #compile(component: ComponentText): Promise<Component> {
    const bytes = await this.#parse(component.text);
    return compile(bytes, { limits: this.#options.limits ?? {} });
  }

  async #parse(text: string): Promise<Uint8Array> {
    try {
      return await this.#options.parse(text);
    } catch (thrown) {
      this.#byTextTool = true;
      throw new TextRejected(messageOf(thrown));
    }
  }

  #link(component: Component): Running {
    const imports = { ...this.#options.imports, ...this.#registered };
    return { instance: instantiate(component, imports), component };
  }

  #start(name: string | undefined, component: Named<Component>): void {
    // Whatever comes of it: what follows is not about the instance before.
    this.#lastInstance = undefined;
    if (name !== undefined) this.#instances.delete(name);
    const running: Named<Running> =
      component.kind === "ok" ? { kind: "ok", value: this.#link(component.value) } : component;
    this.#lastInstance = running;
    if (name !== undefined) this.#instances.set(name, running);
    use(running);
  }

  #instance(name: string | undefined): Running {
    const found = name === undefined ? this.#lastInstance : this.#instances.get(name);
    if (found === undefined) throw new Error(`there is no instance ${name ?? ""}`);
    return use(found);
  }

  #invoke(action: Invocation): { readonly type: FuncType; readonly value: unknown } {
    const { instance, component } = this.#instance(action.instance);
    const extern = component.exports.find((item) => item.name === action.func);
    if (extern?.kind !== "func") throw new Error(`there is no function ${action.func}`);
    const { type } = extern;
    const args = type.params.map((param, i) => {
      const arg = action.args[i];
      if (arg === undefined) throw new Error(`${action.func} is given ${action.args.length} arguments`);
      return valueOf(arg, param.type);
    });
    const key = camelCase(action.func);
    const func = instance.exports[key === "then" ? "then_" : key];
    if (typeof func !== "function") throw new Error(`the instance has no function ${action.func}`);
    try {
      const value: unknown = Reflect.apply(func, undefined, args);
      return { type, value: type.result?.kind === "result" ? { tag: "ok", val: value } : value };
    } catch (thrown) {
      if (thrown instanceof ResultError) return { type, value: { tag: "err", val: thrown.payload } };
      throw thrown;
    }
  }

  #assertReturn(directive: Extract<Directive, { kind: "assert-return" }>): string | undefined {
    const { type, value } = this.#invoke(directive.action);
    const [constant] = directive.results;
    if (constant === undefined || type.result === undefined) {
      return constant === undefined && type.result === undefined
        ? undefined
        : "expected another number of results";
    }
    const expected = valueOf(constant, type.result);
    return sameValue(value, expected) ? undefined : `expected ${show(expected)}, found ${show(value)}`;
  }

  async #assertTrap(action: Invocation | ComponentText): Promise<string | undefined> {
    const traps = ["trap", "bad-guest-value", "poisoned", "reentered", "limit-exceeded"];
    if ("kind" in action) {
      return rejection(await attempt(() => Promise.resolve(this.#invoke(action).value)), traps);
    }
    return rejection(await attempt(async () => this.#link(await this.#compile(action))), traps);
  }
}

/** The tool that makes bytes of texts did not take a text. */
class TextRejected extends Error {}

async function named<T>(make: () => Promise<T>): Promise<Named<T>> {
  try {
    return { kind: "ok", value: await make() };
  } catch (thrown) {
    const feature = unsupportedBy(thrown);
    if (feature !== undefined) return { kind: "unsupported", feature };
    throw thrown;
  }
}

function use<T>(item: Named<T>): T {
  if (item.kind === "ok") return item.value;
  throw new Unsupported(item.feature);
}

type Attempt =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly thrown: unknown };

async function attempt(action: () => Promise<unknown>): Promise<Attempt> {
  try {
    return { kind: "ok", value: await action() };
  } catch (thrown) {
    return { kind: "thrown", thrown };
  }
}

function rejection(result: Attempt, codes: readonly string[]): string | undefined {
  if (result.kind === "ok") return "expected an error, found none";
  const { thrown } = result;
  if (thrown instanceof Unsupported) throw thrown;
  // What is no text of a component never reaches the engine.
  if (thrown instanceof TextRejected) return undefined;
  if (!(thrown instanceof EngineError)) return describe(thrown);
  if (thrown.code === "unsupported") throw new Unsupported(featureOf(thrown));
  return codes.includes(thrown.code)
    ? undefined
    : `expected ${codes.join(" or ")}, found ${describe(thrown)}`;
}

/** What the engine, the platform beneath it or the text tool before it does not know. */
function unsupportedBy(thrown: unknown): string | undefined {
  if (thrown instanceof TextRejected) return `text that the installed tool does not read: ${thrown.message}`;
  if (!(thrown instanceof EngineError)) return undefined;
  if (thrown.code === "unsupported") return featureOf(thrown);
  if (thrown.code === "limit-exceeded")
    return `more than ${/the limit \w+/.exec(thrown.message)?.[0] ?? "a limit"} allows`;
  if (thrown.code !== "module-rejected") return undefined;
  if (/memory count of \d+ exceeds|At most one memory/.test(thrown.message)) {
    return "several memories in a core module, on this platform";
  }
  if (/opcode 0x(?:1f|0a)\b/.test(thrown.message)) return "exceptions with exnref, on this platform";
  return undefined;
}

/** The engine is stricter than the component model here, see SPEC.md. Where a script expects a trap, nobody asks. */
function reentrance(thrown: unknown): string | undefined {
  const first = thrown instanceof EngineError && thrown.code === "poisoned" ? thrown.cause : thrown;
  if (!(first instanceof EngineError) || first.code !== "reentered") return undefined;
  return "entering an instance again that is in a call";
}

function featureOf(error: EngineError): string {
  return error.message.replace(/ \(at byte \d+\)$/, "").replace(/^the component uses (.*), which .*$/, "$1");
}

function describe(thrown: unknown): string {
  return thrown instanceof EngineError ? `${thrown.code}: ${thrown.message}` : messageOf(thrown);
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === "object" && thrown !== null && "payload" in thrown) return String(thrown.payload);
  return String(thrown);
}

function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? `${item}n` : item)) ?? "nothing"
  );
}
