import { assertNever } from "@novywave/base";
import { ResultError } from "@novywave/component-engine";
import type { ReplyOutcome } from "../wire/messages.js";

/** Asks the server and blocks until it answers. */
export type HostCall = (
  interfaceName: string,
  functionName: string,
  args: readonly unknown[],
) => ReplyOutcome;

/** What an answer is for the guest that asked: a value, the error of a result, or a trap. */
export function answered(reply: ReplyOutcome): unknown {
  switch (reply.kind) {
    case "ok":
      return reply.value;
    case "err":
      throw new ResultError(reply.payload);
    case "refused":
      throw new Error(reply.message);
    default:
      return assertNever(reply);
  }
}
