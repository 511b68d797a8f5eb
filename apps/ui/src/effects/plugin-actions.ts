import { DisposableStore, Emitter, type Clock, type Disposable } from "@novywave/base";
import type { ConsentRequest, PluginStatus } from "@novywave/protocol";
import type { Requester } from "../connection/connection.js";

/** A short message for the corner of the screen. */
export interface Toast {
  readonly tone: "success" | "info" | "error";
  readonly title: string;
  readonly description?: string;
}

const CONFIRM_MS = 15_000;

interface Waiting {
  readonly enabled: boolean;
  readonly since: number;
  readonly deadline: Disposable;
}

/** Whether `status` shows that a toggle to `enabled` took effect; loading is not there yet. */
export function confirms(status: PluginStatus, enabled: boolean): boolean {
  if (status.enabled !== enabled) return false;
  if (!enabled) return status.state === "disabled";
  return status.state !== "disabled" && status.state !== "loading" && status.state !== "reloading";
}

/**
 * What a person does to plugins. A toggle is acknowledged only when the plugins' own status confirms it (R9.2); until
 * then it is pending.
 */
export class PluginActions implements Disposable {
  readonly #requester: Requester;
  readonly #clock: Clock;
  readonly #toast: (toast: Toast) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #scope = new DisposableStore();
  readonly #emitter = new Emitter<void>();
  /** The set of pending toggles changed. */
  readonly changed = this.#emitter.event;
  #version = 0;

  constructor(requester: Requester, clock: Clock, toast: (toast: Toast) => void) {
    this.#requester = requester;
    this.#clock = clock;
    this.#toast = toast;
  }

  get version(): number {
    return this.#version;
  }

  /** What a toggle was set to and is not confirmed yet. */
  pending(id: string): boolean | undefined {
    return this.#waiting.get(id)?.enabled;
  }

  async setEnabled(id: string, enabled: boolean): Promise<void> {
    this.#forget(id);
    const deadline = this.#scope.add(
      this.#clock.schedule(CONFIRM_MS, () => {
        this.#forget(id);
        this.#toast({
          tone: "error",
          title: `${id} did not answer`,
          description: `The file was asked to change, but the plugin's state did not follow within ${CONFIRM_MS / 1000} s.`,
        });
      }),
    );
    this.#waiting.set(id, { enabled, since: this.#clock.now(), deadline });
    this.#touch();
    const answer = await this.#requester.request("plugin.setEnabled", { id, enabled });
    if (answer.ok) return;
    this.#forget(id);
    this.#toast({
      tone: "error",
      title: `Could not ${enabled ? "enable" : "disable"} ${id}`,
      description: answer.error.message,
    });
  }

  async retry(id: string): Promise<void> {
    const answer = await this.#requester.request("plugin.retry", { id });
    if (!answer.ok)
      this.#toast({ tone: "error", title: `Could not retry ${id}`, description: answer.error.message });
  }

  /** `requests`: what the person has seen and approves. */
  async grant(id: string, sha256: string, requests: ConsentRequest): Promise<void> {
    const answer = await this.#requester.request("plugin.grant", { id, sha256, requests });
    if (!answer.ok)
      this.#toast({ tone: "error", title: `Could not grant ${id}`, description: answer.error.message });
    else
      this.#toast({
        tone: "success",
        title: `Approved ${id}`,
        description: "It starts with what you approved.",
      });
  }

  /** Says no to what the person has seen, which is remembered, and switches the plugin off. */
  async deny(id: string, sha256: string, requests: ConsentRequest): Promise<void> {
    const answer = await this.#requester.request("plugin.deny", { id, sha256, requests });
    if (!answer.ok)
      this.#toast({
        tone: "error",
        title: `Could not remember that ${id} is denied`,
        description: answer.error.message,
      });
    await this.setEnabled(id, false);
  }

  /** Takes back what was approved. */
  async revoke(id: string): Promise<void> {
    const answer = await this.#requester.request("plugin.revoke", { id });
    if (!answer.ok)
      this.#toast({ tone: "error", title: `Could not revoke ${id}`, description: answer.error.message });
    else
      this.#toast({
        tone: "success",
        title: `Took back the approval of ${id}`,
        description: "It was unloaded.",
      });
  }

  /** The plugins' new states: acknowledges the toggles that they confirm. */
  observe(plugins: readonly PluginStatus[]): void {
    for (const status of plugins) {
      const waiting = this.#waiting.get(status.id);
      if (!waiting || !confirms(status, waiting.enabled)) continue;
      this.#forget(status.id);
      this.#toast(acknowledgement(status));
    }
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #forget(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#scope.release(waiting.deadline);
    this.#waiting.delete(id);
    this.#touch();
  }

  #touch(): void {
    this.#version += 1;
    this.#emitter.emit();
  }
}

function acknowledgement(status: PluginStatus): Toast {
  if (!status.enabled)
    return { tone: "success", title: `${status.id} disabled`, description: "It was unloaded." };
  if (status.state === "ready")
    return { tone: "success", title: `${status.id} enabled`, description: status.message };
  if (status.state === "needs-consent") {
    const description = status.requests?.denied
      ? "It does not run: you denied what it asks for."
      : "It waits for your consent.";
    return { tone: "info", title: `${status.id} enabled`, description };
  }
  return { tone: "error", title: `${status.id} enabled, but it does not run`, description: status.message };
}
