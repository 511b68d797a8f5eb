/** What waits for `passed` goes on once the gate is opened. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

export function closedGate(): Gate {
  const waiting: (() => void)[] = [];
  const passed = new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
  return {
    passed,
    open: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}
