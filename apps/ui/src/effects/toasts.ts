import { Emitter, type Clock, type Disposable } from "@novywave/base";
import type { Toast } from "./plugin-actions.js";

/** A toast on the screen. */
export interface ShownToast extends Toast {
  readonly id: number;
}

const CONFIRMATION_MS = 5_000;
const ERROR_MS = 12_000;
const MOST = 4;

/** The toasts on the screen. They leave by themselves; errors stay longer. */
export class Toasts implements Disposable {
  readonly #clock: Clock;
  readonly #emitter = new Emitter<void>();
  readonly changed = this.#emitter.event;
  #shown: readonly ShownToast[] = [];
  readonly #timers = new Map<number, Disposable>();
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get shown(): readonly ShownToast[] {
    return this.#shown;
  }

  readonly show = (toast: Toast): void => {
    // The same message again restarts its time instead of piling up.
    const same = this.#shown.find(
      (shown) => shown.title === toast.title && shown.description === toast.description,
    );
    if (same) this.close(same.id);
    const id = this.#next++;
    this.#shown = [...this.#shown, { ...toast, id }].slice(-MOST);
    const stay = toast.tone === "error" ? ERROR_MS : CONFIRMATION_MS;
    this.#timers.set(
      id,
      this.#clock.schedule(stay, () => this.close(id)),
    );
    this.#emitter.emit();
  };

  close(id: number): void {
    this.#timers.get(id)?.[Symbol.dispose]();
    this.#timers.delete(id);
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
    this.#emitter.emit();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }
}
