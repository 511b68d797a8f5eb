import { bytesOf, lineOf, readLists, textOf, type List, type Node } from "./s-expressions.test.helper.js";

/** A component of a script: its text, for the tool that turns it into bytes. */
export interface ComponentText {
  readonly name: string | undefined;
  readonly text: string;
}

export interface Invocation {
  readonly kind: "invoke";
  /** The name of the instance; the latest one where there is none. */
  readonly instance: string | undefined;
  readonly func: string;
  readonly args: readonly List[];
}

/** What a script tells to do, in the order of the file. */
export type Directive = { readonly line: number } & (
  | { readonly kind: "component"; readonly component: ComponentText }
  | { readonly kind: "definition"; readonly component: ComponentText }
  | { readonly kind: "instance"; readonly name: string | undefined; readonly of: string | undefined }
  | { readonly kind: "register"; readonly as: string; readonly instance: string | undefined }
  | { readonly kind: "invoke"; readonly action: Invocation }
  | { readonly kind: "assert-return"; readonly action: Invocation; readonly results: readonly List[] }
  | {
      readonly kind: "assert-trap" | "assert-exhaustion";
      readonly action: Invocation | ComponentText;
      readonly message: string;
    }
  | {
      readonly kind: "assert-invalid" | "assert-malformed" | "assert-unlinkable";
      readonly component: ComponentText;
      readonly message: string;
    }
  | { readonly kind: "unknown"; readonly head: string }
);

/** Reads a script. */
export function readScript(source: string): readonly Directive[] {
  return readLists(source).map((list) => {
    const line = lineOf(source, list.start);
    return { line, ...readDirective(source, list) };
  });
}

type WithoutLine<T> = T extends unknown ? Omit<T, "line"> : never;

function readDirective(source: string, list: List): WithoutLine<Directive> {
  const head = wordAt(list, 0);
  switch (head) {
    case "component": {
      if (wordAt(list, 1) === "definition") {
        return { kind: "definition", component: componentText(source, list, 2) };
      }
      if (wordAt(list, 1) === "instance" && idAt(list, 2) !== undefined) {
        const second = idAt(list, 3);
        const [name, of] = second === undefined ? [undefined, idAt(list, 2)] : [idAt(list, 2), second];
        return { kind: "instance", name, of };
      }
      return { kind: "component", component: componentText(source, list, 1) };
    }
    case "register":
      return { kind: "register", as: stringAt(list, 1), instance: idAt(list, 2) };
    case "invoke":
      return { kind: "invoke", action: invocation(list) };
    case "assert_return":
      return {
        kind: "assert-return",
        action: invocation(listAt(list, 1)),
        results: list.items.slice(2).map(asList),
      };
    case "assert_trap":
    case "assert_exhaustion": {
      const inner = listAt(list, 1);
      const action = wordAt(inner, 0) === "invoke" ? invocation(inner) : componentText(source, inner, 1);
      const kind = head === "assert_trap" ? "assert-trap" : "assert-exhaustion";
      return { kind, action, message: stringAt(list, 2) };
    }
    case "assert_invalid":
    case "assert_malformed":
    case "assert_unlinkable": {
      const kind = (
        {
          assert_invalid: "assert-invalid",
          assert_malformed: "assert-malformed",
          assert_unlinkable: "assert-unlinkable",
        } as const
      )[head];
      const inner = listAt(list, 1);
      if (wordAt(inner, 0) !== "component") return { kind: "unknown", head: `${head} of a core module` };
      const from = wordAt(inner, 1) === "definition" ? 2 : 1;
      return { kind, component: componentText(source, inner, from), message: stringAt(list, 2) };
    }
    default:
      return { kind: "unknown", head: head ?? "a list without a head" };
  }
}

/** The text of a component whose fields begin at `from`, without what only scripts understand. */
function componentText(source: string, list: List, from: number): ComponentText {
  const name = idAt(list, from);
  const fields = name === undefined ? from : from + 1;
  if (wordAt(list, fields) === "quote") {
    const text = list.items
      .slice(fields + 1)
      .map((item) => (item.kind === "string" ? textOf(item.text) : ""));
    return { name, text: `(component ${text.join("\n")}\n)` };
  }
  const first = list.items[from];
  const body = first === undefined ? ")" : source.slice(first.start, list.end);
  return { name, text: `(component ${body}` };
}

function invocation(list: List): Invocation {
  const instance = idAt(list, 1);
  const at = instance === undefined ? 1 : 2;
  return {
    kind: "invoke",
    instance,
    func: stringAt(list, at),
    args: list.items.slice(at + 1).map(asList),
  };
}

function wordAt(list: List, index: number): string | undefined {
  const node = list.items[index];
  return node?.kind === "word" ? node.text : undefined;
}

function idAt(list: List, index: number): string | undefined {
  const word = wordAt(list, index);
  return word?.startsWith("$") === true ? word : undefined;
}

function stringAt(list: List, index: number): string {
  const node = list.items[index];
  return node?.kind === "string" ? new TextDecoder().decode(bytesOf(node.text)) : "";
}

function listAt(list: List, index: number): List {
  const node = list.items[index];
  if (node === undefined) throw new Error("a directive lacks what it is about");
  return asList(node);
}

function asList(node: Node): List {
  if (node.kind !== "list") throw new Error(`${node.text} stands where a list is expected`);
  return node;
}
