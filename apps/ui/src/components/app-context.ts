import type { Event } from "@novywave/base";
import { createContext, use, useCallback, useSyncExternalStore } from "react";
import type { App } from "../app.js";
import type { AppState } from "../state/app-state.js";

export const AppContext = createContext<App | undefined>(undefined);

/** The program behind the screen. */
export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error("there is no AppContext above");
  return app;
}

/** A part of the state. `select` must return the same object while nothing changed. */
export function useAppState<T>(select: (state: AppState) => T): T {
  const app = useApp();
  return useVersion(app.store.changed, () => select(app.store.state));
}

/** Renders again whenever `event` fires and `snapshot` returns something else. */
export function useVersion<T>(event: Event<never> | Event<AppState> | Event<void>, snapshot: () => T): T {
  const subscribe = useCallback(
    (notify: () => void) => {
      const subscription = (event as Event<unknown>)(() => notify());
      return () => subscription[Symbol.dispose]();
    },
    [event],
  );
  return useSyncExternalStore(subscribe, snapshot);
}
