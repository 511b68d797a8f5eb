// The thread of one plugin. It compiles (or takes over) the component, links it, and runs its exports; a host call puts
// the thread to sleep until the server has answered.
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { defined } from "@novywave/base";
import type { FromWorker, ToWorker, WorkerSetup } from "../wire/worker-messages.js";
import { wireFailure } from "./failure.js";
import { adoptGuest, compileGuest, Guest, type HostCall } from "./guest.js";
import { ReplyMailbox } from "./sync-call.js";

function run(port: MessagePort, setup: WorkerSetup): void {
  const mailbox = new ReplyMailbox(setup.signal, setup.replies);
  const post = (message: FromWorker): void => port.postMessage(message);
  let guest: Guest | undefined;
  let hostCalls = 0;

  const hostCall: HostCall = (interfaceName, functionName, args) => {
    post({
      type: "host-call",
      hostCall: ++hostCalls,
      interface: interfaceName,
      function: functionName,
      args,
    });
    return mailbox.take();
  };

  const load = async (message: Extract<ToWorker, { type: "load" }>): Promise<void> => {
    let compiled = false;
    try {
      const { artifact } = message;
      const component =
        artifact.kind === "bytes"
          ? await compileGuest(artifact.bytes, message.limits)
          : adoptGuest(artifact.component);
      compiled = true;
      post(
        artifact.kind === "bytes"
          ? { type: "compiled", component: component.toTransferable() }
          : { type: "compiled" },
      );
      guest = new Guest(component, message.links, message.exportName, message.limits, hostCall);
      post({ type: "loaded", memoryBytes: guest.memoryBytes });
    } catch (thrown) {
      post({ type: "load-failed", failure: wireFailure(thrown), compiled });
    }
  };

  port.on("message", (message: ToWorker) => {
    switch (message.type) {
      case "load":
        void load(message);
        return;
      case "call": {
        const running = defined(guest, "the guest");
        const outcome = running.call(message.function, message.args);
        post({ type: "result", call: message.call, outcome, memoryBytes: running.memoryBytes });
        return;
      }
    }
  });
  post({ type: "booted" });
}

run(defined(parentPort, "parentPort"), workerData);
