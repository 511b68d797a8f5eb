import { EngineError } from "@novywave/component-engine";
import type { WireFailure } from "../wire/messages.js";

const maxText = 16 * 1024;
const maxFrames = 32;

/** What the engine threw, as it travels: code, message and the guest's frames. */
export function wireFailure(thrown: unknown): WireFailure {
  const first = rootOf(thrown);
  const frames = guestFrames(thrown);
  return {
    code: first instanceof EngineError ? first.code : "internal",
    message: (first instanceof Error ? first.message : String(first)).slice(0, maxText),
    ...(frames === undefined ? {} : { backtrace: frames }),
    ...(first instanceof EngineError && first.limit !== undefined ? { limit: first.limit } : {}),
  };
}

/** A poisoned instance answers with its first error as the cause. */
function rootOf(thrown: unknown): unknown {
  if (thrown instanceof EngineError && thrown.code === "poisoned" && thrown.cause !== undefined)
    return thrown.cause;
  return thrown;
}

/** The WebAssembly frames in the stacks of an error and its causes, innermost first. */
function guestFrames(thrown: unknown): string | undefined {
  for (
    let error: unknown = thrown, depth = 0;
    error instanceof Error && depth < 5;
    error = error.cause, depth++
  ) {
    const frames = (error.stack ?? "")
      .split("\n")
      .filter((line) => line.includes("wasm"))
      .map((line) => line.trim())
      .slice(0, maxFrames);
    if (frames.length > 0) return frames.join("\n").slice(0, maxText);
  }
  return undefined;
}
