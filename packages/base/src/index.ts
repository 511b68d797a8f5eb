export { AssertionError, assert, assertNever, defined } from "./assert.js";
export { SimulatedClock, systemClock, type Clock } from "./clock.js";
export { DisposableStore, toDisposable, type Disposable } from "./disposable.js";
export { Emitter, type Event } from "./event.js";
export { err, ok, type Result } from "./result.js";
