import { assertNever } from "@novywave/base";
import type { PluginStatus } from "@novywave/protocol";
import { adviceFor } from "../failure-advice.js";
import type { Held, Lifecycle, Running } from "./model.js";

/** What is said about a plugin, without what follows from its entry and the time. */
export type Told = Pick<PluginStatus, "state" | "message"> &
  Partial<Pick<PluginStatus, "code" | "action" | "requests" | "attempt" | "retryAt">>;

/** Reason and remedy of the present state, for people. */
export function tell({ entry, state, deaths }: Lifecycle): Told {
  switch (state.kind) {
    case "disabled":
      return { state: "disabled", message: entry.suspended ?? "Disabled in .novywave" };
    case "loading":
      return { state: "loading", message: deaths > 0 ? `Loading, attempt ${deaths + 1}` : "Loading" };
    case "ready":
      return state.held
        ? held(entry.id, state.held)
        : { state: "ready", message: readyMessage(state.running) };
    case "reloading":
      return { state: "reloading", message: "Loading what changed; the instance before runs on" };
    case "needs-consent":
      return { state: "needs-consent", ...consent(entry.id, state.requests), message: state.message };
    case "incompatible":
      return {
        state: "incompatible",
        message: state.failure.message,
        code: state.failure.code,
        action: adviceFor(state.failure),
      };
    case "error": {
      const { failure, retry } = state;
      const told = { state: "error", message: failure.message, code: failure.code } as const;
      if (!retry) return { ...told, action: adviceFor(failure) };
      return { ...told, ...retry, action: retryAdvice(adviceFor(failure)) };
    }
    case "backoff": {
      const { failure, retry } = state;
      return {
        state: "backoff",
        message: failure.message,
        code: failure.code,
        ...retry,
        action: retryAdvice(adviceFor(failure)),
      };
    }
    case "quarantined":
      return {
        state: "quarantined",
        message: `Stopped after ${state.deaths} failures in a row. The last: ${state.failure.message}`,
        code: state.failure.code,
        action: adviceFor(state.failure),
      };
    default:
      return assertNever(state);
  }
}

function readyMessage({ description }: Running): string {
  return description || "Ready";
}

function held(id: string, why: Held): Told {
  switch (why.kind) {
    case "failed":
      return {
        state: "ready",
        message: `The instance before runs on, the new one failed: ${why.failure.message}`,
        code: why.failure.code,
        action: adviceFor(why.failure),
      };
    case "needs-consent":
      return {
        state: "ready",
        ...consent(id, why.requests),
        message: `The build before runs on. ${why.message}`,
      };
    default:
      return assertNever(why);
  }
}

function consent(
  id: string,
  requests: Extract<Held, { kind: "needs-consent" }>["requests"],
): Pick<PluginStatus, "requests" | "code" | "action"> {
  return {
    requests,
    code: requests.denied ? "denied" : "needs-consent",
    action: `${requests.denied ? "If you have changed your mind, approve" : "Approve"} it in the Plugins panel or with \`novywave plugins grant ${id}\`, or disable it.`,
  };
}

function retryAdvice(advice: string): string {
  return `It is tried again by itself. ${advice}`;
}
