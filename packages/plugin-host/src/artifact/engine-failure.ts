import type { PluginFailure } from "../failure.js";

/** The failure that an engine error means while an artifact is loaded. */
export function engineFailure(code: string, message: string): PluginFailure {
  switch (code) {
    case "not-a-component":
    case "malformed":
    case "invalid":
    case "module-rejected":
      return { code: "not-a-component", message };
    case "unsupported":
    case "missing-import":
    case "bad-import":
      return { code: "incompatible", message };
    case "limit-exceeded":
      return { code: "limit", message };
    case "link-failed":
      return { code: message.includes("address space") ? "memory" : "incompatible", message };
    default:
      return { code: "trap", message };
  }
}
