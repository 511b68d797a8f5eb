import type { Event } from "@novywave/base";

/**
 * Fills signals of a store when somebody wants to look at them. A reader that does not read the changes of a file when
 * it is opened leaves one in its builder; without one all signals are filled. Whoever looks at signals first calls
 * {@link load} and looks before the next call.
 */
export interface SignalLoader {
  /**
   * Resolves when the changes of all these signals are in the store; those of others may be gone then. Numbers that are
   * no signals are passed over. Calls must not overlap. Rejects with a `ReadFailure` if the file cannot be read (any more).
   */
  load(signals: readonly number[]): Promise<void>;
  /** Changes of value over all signals, without keeping them all in memory. Not while loading. */
  countTransitions(): Promise<number>;
  /** Lets all go that is loaded. Not while loading. */
  release(): void;
  /** Fires with the number of a signal whose changes are gone from the store; whoever keeps addresses forgets them. */
  readonly onDropped: Event<number>;
}
