import { createHash } from "node:crypto";
import { portDigits, unescapeString } from "../vcd/values.js";

/** For each variable by its full name: its changes, each "TIME VALUE", as a function of the tick. */
export type SignalFunctions = ReadonlyMap<string, readonly string[]>;

/**
 * What a VCD text says about each variable, written so plainly that it can be compared with what another program says: of
 * several values at a tick the last counts, a repeated one is no change, digits are extended to the width, ports are
 * digits, strings are bytes, and reals have the sixteen digits that `fst2vcd` prints. A text by and for machines: one item
 * a line.
 */
export function signalFunctions(text: string): SignalFunctions {
  const end = text.indexOf("$enddefinitions");
  const variables: { name: string; code: string; type: string; width: number }[] = [];
  const values = new Map<string, { time: string; value: string }[]>();
  const scopes: string[] = [];
  for (const [, word, content = ""] of text
    .slice(0, end)
    .matchAll(/\$(scope|upscope|var)\s+([\s\S]*?)\s*\$end/g)) {
    const words = content.split(/\s+/);
    if (word === "scope") scopes.push(words.slice(1).join(" "));
    else if (word === "upscope") scopes.pop();
    else {
      const [type = "", width = "", code = ""] = words;
      variables.push({
        name: [...scopes, words.slice(3).join("")].join("."),
        code,
        type,
        width: Number(width),
      });
      values.set(code, values.get(code) ?? []);
    }
  }
  const events = new Set(variables.filter(({ type }) => type === "event").map(({ code }) => code));
  let time = "0";
  let dumping = false;
  for (const line of text.slice(end).split("\n")) {
    if (line === "" || line.startsWith("$")) {
      dumping = line === "$dumpvars" || (dumping && line !== "$end");
      continue;
    }
    if (line.startsWith("#")) {
      time = line.slice(1);
      continue;
    }
    // The strengths of a port stand between its states and its code.
    const split = /^[bBrRsSpP]/.test(line) ? line.lastIndexOf(" ") : 1;
    const code = line.slice(split).trim();
    const changes = values.get(code);
    // A dump of all values shows events too, which says nothing about their firing.
    if (dumping && events.has(code)) continue;
    if (changes === undefined) throw new Error(`no variable has the code of "${line}"`);
    if (changes.at(-1)?.time === time) changes.pop();
    changes.push({ time, value: line.slice(0, split) });
  }
  const functions = new Map<string, readonly string[]>();
  for (const { name, code, type, width } of variables) {
    let last: string | undefined;
    const changes: string[] = [];
    for (const { time: at, value } of values.get(code) ?? []) {
      const plain = plainValue(value, width);
      if (plain !== last || type === "event") changes.push(`${at} ${plain}`);
      last = plain;
    }
    functions.set(name, changes);
  }
  return functions;
}

/** The number of changes of each variable and a digest of them. */
export function digests(functions: SignalFunctions): Record<string, string> {
  return Object.fromEntries(
    Array.from(functions, ([name, changes]) => [
      name.length < 100 ? name : `${name.slice(0, 20)}… ${digest(name)}`,
      `${changes.length} ${digest(changes.join("\n"))}`,
    ]),
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function plainValue(value: string, width: number): string {
  const rest = value.slice(1);
  switch (value[0]) {
    case "r":
      return `r${Number(Number(rest.replace(/^[-+]?nan$/i, "NaN").replace(/inf$/, "Infinity")).toPrecision(16))}`;
    case "s": {
      const bytes = Buffer.from(rest, "latin1");
      return `s${Buffer.from(unescapeString(bytes, 0, bytes.length)).toString("hex")}`;
    }
    case "p": {
      const states = Buffer.from(rest.split(" ")[0] ?? "", "latin1");
      return Buffer.from(portDigits(states, 0, states.length) ?? states).toString("latin1");
    }
    default: {
      const digits = (value.startsWith("b") ? rest : value).toLowerCase().replaceAll("?", "-");
      return digits.padStart(width, /^[xz]/.test(digits) ? digits.charAt(0) : "0");
    }
  }
}
