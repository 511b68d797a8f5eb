/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
// Turns texts of WebAssembly into bytes, one after the other.
import { parentPort } from "node:worker_threads";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

parentPort.on("message", (text) => void answer(text));

async function answer(text) {
  try {
    parentPort.postMessage({ bytes: await parse(text) });
  } catch (error) {
    const panicked = error instanceof WebAssembly.RuntimeError;
    const text = String(error?.payload ?? error?.message ?? error);
    // The reason stands inside of what the tool prints for its own developers.
    const reason = /Custom\("((?:[^"\\]|\\.)*)"\)/.exec(text)?.[1] ?? text;
    parentPort.postMessage({ error: reason.slice(0, 200), panicked });
  }
}
