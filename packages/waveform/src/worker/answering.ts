import type { MessagePort } from "node:worker_threads";
import { assertNever, type Result } from "@novywave/base";
import type { WaveformError } from "../model.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import type { Refreshed } from "../read-waveform.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import type { Question, WorkerMessage } from "./messages.js";
import { QueryError } from "../query/query-error.js";

/** Answers questions about a waveform, from what of it has been read. */
export class Answering {
  readonly #port: MessagePort;
  readonly #builder: WaveformBuilder;
  readonly #queries: WaveformQueries;
  readonly #refresh: () => Promise<Result<Refreshed, WaveformError>>;
  /** Loads must not overlap, and no signal may go between its loading and the answer: one question after the other. */
  #last = Promise.resolve();
  #lastRefresh: Promise<unknown> = Promise.resolve();

  /** `refresh` waits until all was read. */
  constructor(
    port: MessagePort,
    builder: WaveformBuilder,
    refresh: () => Promise<Result<Refreshed, WaveformError>>,
  ) {
    this.#port = port;
    this.#builder = builder;
    this.#refresh = refresh;
    this.#queries = new WaveformQueries(builder);
  }

  /** More was read. */
  contentChanged(): void {
    this.#queries.contentChanged();
  }

  take(question: Question): void {
    if (question.kind === "refresh") {
      this.#lastRefresh = this.#lastRefresh.then(() => this.#answerRefresh(question.id));
      return;
    }
    const signals = this.#builder.loader === undefined ? undefined : signalsOf(question);
    if (signals === undefined) this.#answer(question);
    else this.#last = this.#last.then(() => this.#answerLoaded(question, signals));
  }

  async #answerRefresh(id: number): Promise<void> {
    try {
      const answer = await this.#refresh();
      this.#queries.contentChanged();
      this.#say({ kind: "answer", id, answer });
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  /** Answers a question about signals that are loaded first. */
  async #answerLoaded(question: Question, signals: readonly number[]): Promise<void> {
    const { loader } = this.#builder;
    try {
      if (loader && question.kind === "transitions") {
        this.#say({ kind: "answer", id: question.id, answer: await loader.countTransitions() });
        return;
      }
      await loader?.load(this.#queries.sourcesOf(signals));
      this.#answer(question);
    } catch (error) {
      this.#refuse(question.id, error);
    }
  }

  #answer(question: Question): void {
    const { id } = question;
    const queries = this.#queries;
    try {
      switch (question.kind) {
        case "scopes":
          return this.#say({ kind: "answer", id, answer: queries.scopes(question.query) });
        case "variables":
          return this.#say({ kind: "answer", id, answer: queries.variables(question.query) });
        case "resolve":
          return this.#say({ kind: "answer", id, answer: queries.resolve(question.query) });
        case "columns": {
          const buffer = queries.columns(question.query);
          return this.#say({ kind: "answer", id, answer: buffer }, [buffer]);
        }
        case "values": {
          const { signals, time } = question.query;
          return this.#say({ kind: "answer", id, answer: queries.values(signals, time) });
        }
        case "findTransition": {
          const { signal, time, direction } = question.query;
          return this.#say({ kind: "answer", id, answer: queries.findTransition(signal, time, direction) });
        }
        case "findValue":
          return this.#say({ kind: "answer", id, answer: queries.findValue(question.query) });
        case "changes": {
          const buffer = queries.changes(question.query);
          return this.#say({ kind: "answer", id, answer: buffer }, [buffer]);
        }
        case "countChanges":
          return this.#say({ kind: "answer", id, answer: queries.countChanges(question.query) });
        case "extremes":
          return this.#say({ kind: "answer", id, answer: queries.extremes(question.query) });
        case "derive":
          return this.#say({ kind: "answer", id, answer: queries.derive(question.query) });
        case "transitions":
          return this.#say({ kind: "answer", id, answer: queries.transitions });
        case "refresh":
          return;
        default:
          return assertNever(question);
      }
    } catch (error) {
      // A query that makes no sense is refused; the waveform stays usable.
      this.#refuse(id, error);
    }
  }

  #refuse(id: number, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#say({ kind: "refused", id, message, senseless: error instanceof QueryError });
  }

  #say(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

/** The signals that must be loaded for a question; `undefined` if it is not about signals. */
function signalsOf(question: Question): readonly number[] | undefined {
  switch (question.kind) {
    case "scopes":
    case "variables":
    case "resolve":
    case "derive":
    case "refresh":
      return undefined;
    case "columns":
      return question.query.rows.map(({ signal }) => signal);
    case "values":
      return question.query.signals;
    case "findTransition":
    case "findValue":
    case "changes":
    case "countChanges":
    case "extremes":
      return [question.query.signal];
    case "transitions":
      return [];
    default:
      return assertNever(question);
  }
}
