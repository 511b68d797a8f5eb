import { componentWit, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { EngineError, inspect } from "./index.js";
import { randomComponent, randomFrom } from "./testing/random-components.test.helper.js";

/** What wasm-tools has against a component; `undefined` for a valid one. */
async function oracle(bytes: Uint8Array): Promise<string | undefined> {
  // Inside of an empty component: then it is validated, and nothing is asked about its world.
  const size: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 0x80)) {
    size.push(rest < 0x80 ? rest : (rest % 0x80) + 0x80);
    if (rest < 0x80) break;
  }
  const outer = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 4, ...size, ...bytes]);
  try {
    await componentWit(outer);
    return undefined;
  } catch (thrown) {
    return String(
      typeof thrown === "object" && thrown !== null && "payload" in thrown ? thrown.payload : thrown,
    );
  }
}

type Verdict = "valid" | "invalid" | "not compared";

function verdict(bytes: Uint8Array): readonly [Verdict, string] {
  try {
    const [refusal] = inspect(bytes).unsupported;
    // A host is not handed components: that is all that these components use and this engine refuses.
    return ["valid", refusal?.feature ?? ""];
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    const { code, message } = thrown;
    // The present text has a rule more than the version of the oracle.
    if (message.includes("known by the name of an export")) return ["not compared", message];
    if (code === "invalid" || code === "malformed") return ["invalid", message];
    return ["not compared", message];
  }
}

describe("what wasm-tools rejects is rejected here, and nothing else", () => {
  test("components made of random definitions, right and wrong", async () => {
    const differences: unknown[] = [];
    const verdicts = new Map<string, number>();
    for (let seed = 1; seed <= 1_500; seed++) {
      const text = randomComponent(randomFrom(seed));
      const bytes = await parse(text).catch(() => undefined);
      // An index that is no number of the text, for instance a name that is there twice.
      if (bytes === undefined) continue;
      const [ours, message] = verdict(bytes);
      verdicts.set(ours, (verdicts.get(ours) ?? 0) + 1);
      if (ours === "not compared") continue;
      const theirs = await oracle(bytes);
      if ((theirs === undefined ? "valid" : "invalid") !== ours)
        differences.push({ seed, ours, message, theirs });
    }
    expect(differences).toEqual([]);
    expect(verdicts.get("valid")).toBeGreaterThan(200);
    expect(verdicts.get("invalid")).toBeGreaterThan(200);
  });
});
