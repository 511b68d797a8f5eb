import { INTERFACES, type ConfigData, type HostEvent } from "@novywave/contract";
import { decode } from "../wire/codec.js";
import { childFrame, writeChildFrame } from "../wire/frames.js";
import type { CallOutcome, LinkedInterface, ReplyOutcome, WireLimits } from "../wire/messages.js";
import { compileGuest } from "./compile-guest.js";
import { WARM_UP_COMPONENT } from "./generated/warm-up.js";
import { adoptGuest, Guest, utf8From } from "./guest.js";
import type { HostCall } from "./host-call.js";

const limits: WireLimits = { memoryBytes: 1 << 20, liftedBytes: 1 << 20 };
const config: ConfigData = [{ key: "greeting", value: '"hello"' }];
const change: HostEvent = { tag: "filesystem-change", val: { subscriptionId: 1n, paths: ["/a.vcd"] } };

/** What its host calls answer, by interface. */
const answers: Readonly<Record<string, unknown>> = {
  [INTERFACES.config]: config,
  [INTERFACES.watch]: 1n,
};

/**
 * Loads a plugin that does a little of everything and calls it, so that the code which loads a plugin, calls it and carries
 * its host calls has run in this thread: the first time takes several times as long as the second, and what has run is in
 * the compiled code that later threads take over. Nothing stays of it. Throws if it failed.
 */
export async function warmUp(): Promise<void> {
  const component = await compileGuest(Buffer.from(WARM_UP_COMPONENT, "base64"), limits);
  const links = component.imports.flatMap((item): LinkedInterface[] => {
    if (item.kind !== "instance" || item.type.functions.length === 0) return [];
    const functions = item.type.functions.map((func) => func.name);
    return [{ import: item.name, interface: item.name, functions }];
  });
  const guest = await Guest.link(adoptGuest(component.toTransferable()), {
    links,
    exportName: INTERFACES.lifecycle,
    limits,
    hostCall,
  });
  call(guest, "init", [config]);
  call(guest, "handleEvent", [change]);
}

const hostCall: HostCall = (interfaceName, functionName, args) => {
  carried({ hostCall: 1, interface: interfaceName, function: functionName, args });
  const outcome: ReplyOutcome = { kind: "ok", value: answers[interfaceName] };
  return carried({ outcome }).outcome;
};

function call(guest: Guest, name: string, args: readonly unknown[]): void {
  const outcome: CallOutcome = guest.call(name, carried({ call: 1, function: name, args }).args);
  carried({ call: 1, outcome });
  if (outcome.kind !== "ok") throw new Error(`${name} failed while a worker warmed up`);
}

/** A message as it arrives. */
function carried<Message extends object>(message: Message): Message {
  return decode(childFrame(writeChildFrame("result", 0, message)).body, { utf8From }) as Message;
}
