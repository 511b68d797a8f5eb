import { MAX_COLUMNS, MAX_ROWS, type ColumnQuery } from "../model.js";
import { QueryError } from "./query-error.js";

const MAX_PAGE = 10_000;
const MAX_SIGNALS = 100_000;
const MAX_TICKS = 2n ** 65n;

/** The signals that can be asked about: those of the file, and derived ones. */
export interface KnownSignals {
  /** Those of the file. */
  readonly length: number;
  has(signal: number): boolean;
}

/** Throws a `QueryError` that says what is wrong with a query: the caller's bug, not the file's. */
export function checkColumnQuery(query: ColumnQuery, signals: KnownSignals): void {
  const { start, end, columns, rows } = query;
  if (!Number.isInteger(columns) || columns < 1 || columns > MAX_COLUMNS) {
    throw new QueryError(`columns must be 1 to ${MAX_COLUMNS}, not ${columns}`);
  }
  if (rows.length > MAX_ROWS)
    throw new QueryError(`at most ${MAX_ROWS} rows can be asked for, not ${rows.length}`);
  checkWindow(start, end);
  for (const { signal } of rows) checkSignal(signal, signals);
}

export function checkWindow(start: bigint, end: bigint): void {
  if (start > end) throw new QueryError(`start ${start} is after end ${end}`);
  if (start < -MAX_TICKS || end > MAX_TICKS) throw new QueryError("start and end must lie within ±2^65");
}

export function checkLimit(limit: number, most: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw new QueryError(`limit must be 1 to ${most}, not ${limit}`);
  }
}

export function checkSignals(asked: readonly number[], signals: KnownSignals): void {
  if (asked.length > MAX_SIGNALS)
    throw new QueryError(`at most ${MAX_SIGNALS} signals can be asked for at once`);
  for (const signal of asked) checkSignal(signal, signals);
}

export function checkSignal(signal: number, signals: KnownSignals): void {
  if (!signals.has(signal)) {
    throw new QueryError(`there is no signal ${signal}; there are ${signals.length}`);
  }
}

export function checkPage(page: { offset: number; limit: number }): void {
  if (!Number.isInteger(page.offset) || page.offset < 0)
    throw new QueryError(`offset ${page.offset} is no position`);
  if (!Number.isInteger(page.limit) || page.limit < 0 || page.limit > MAX_PAGE) {
    throw new QueryError(`limit must be 0 to ${MAX_PAGE}, not ${page.limit}`);
  }
}

export function checkScope(scope: number | undefined, scopes: number): void {
  if (scope !== undefined && (!Number.isInteger(scope) || scope < 0 || scope >= scopes)) {
    throw new QueryError(`there is no scope ${scope}; there are ${scopes}`);
  }
}
