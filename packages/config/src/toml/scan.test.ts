import * as fc from "fast-check";
import { parseTOML, type AST } from "toml-eslint-parser";
import { describe, expect, it } from "vitest";
import { documents } from "../testing/documents.test.gen.js";
import { scan, ScanError, type ItemSyntax, type ValueSyntax } from "./scan.js";

/** The ranges of all keys and values, in the order of the text. */
function ours(text: string): string[] {
  const found: string[] = [];
  const value = (syntax: ValueSyntax): void => {
    found.push(`value ${syntax.start} ${syntax.end}`);
    if (syntax.kind === "array") syntax.items.forEach(value);
    if (syntax.kind === "inline-table") syntax.items.forEach(item);
  };
  const item = (syntax: ItemSyntax): void => {
    found.push(`item ${syntax.start} ${syntax.end}`);
    for (const part of syntax.key) found.push(`key ${part.name} ${part.start} ${part.end}`);
    value(syntax.value);
  };
  for (const section of scan(text)) {
    for (const part of section.key) found.push(`header ${part.name} ${part.start} ${part.end}`);
    section.items.forEach(item);
  }
  return found;
}

/** The same from an independent parser, which knows no byte order mark. */
function theirs(text: string): string[] {
  const found: string[] = [];
  const keys = (kind: string, key: AST.TOMLKey): void => {
    for (const part of key.keys) {
      const name = part.type === "TOMLBare" ? part.name : part.value;
      found.push(`${kind} ${name} ${part.range.join(" ")}`);
    }
  };
  const value = (node: AST.TOMLContentNode): void => {
    found.push(`value ${node.range.join(" ")}`);
    if (node.type === "TOMLArray") node.elements.forEach(value);
    if (node.type === "TOMLInlineTable") node.body.forEach(item);
  };
  const item = (node: AST.TOMLKeyValue): void => {
    found.push(`item ${node.range.join(" ")}`);
    keys("key", node.key);
    value(node.value);
  };
  for (const node of parseTOML(text, { tomlVersion: "1.1" }).body[0].body) {
    if (node.type === "TOMLKeyValue") item(node);
    else {
      keys("header", node.key);
      node.body.forEach(item);
    }
  }
  return found;
}

describe("scan", () => {
  it("finds the ranges that an independent parser finds", () => {
    fc.assert(
      fc.property(documents, (text) => {
        const plain = text.replace("\uFEFF", "");
        expect(ours(plain)).toEqual(theirs(plain));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["multi-line strings", 'a = """\none "" # two\n\\"""" # end\nb = \'\'\'\n]\n\'\'\'\'\'\n'],
    ["inline tables over several lines", "a = { # open\n  b = 1, # one\n  c = [ { d = 2, }, ],\n}\n"],
    ["dates with a space", "a = 1979-05-27 07:32:00 # then\nb = [1979-05-27 07:32:00 , 07:32]"],
    ["escaped and dotted keys", '"\\u0061\\"" . \'b\' . c = 1\n[ x . "y.z" ]\n[[ x."y.z".w ]]'],
  ])("agrees on %s", (_, text) => {
    expect(ours(text)).toEqual(theirs(text));
  });

  it("counts a byte order mark as one unit of the text and as no part of a key", () => {
    expect(ours("\uFEFFa = 1")).toEqual(["item 1 6", "key a 1 2", "value 5 6"]);
  });

  it("tells an offset for text that is no document", () => {
    expect(() => scan("a = [[1] 2]")).toThrow(ScanError);
    expect(() => scan('a = "open')).toThrow(ScanError);
    expect(() => scan("= 1")).toThrow(ScanError);
  });
});
