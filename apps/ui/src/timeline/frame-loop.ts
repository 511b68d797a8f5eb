/** Draws when something changed, at most once per frame of the screen. */
export class FrameLoop {
  readonly #draw: () => void;
  readonly #request: (callback: () => void) => number;
  readonly #cancel: (handle: number) => void;
  #handle: number | undefined;

  constructor(
    draw: () => void,
    request: (callback: () => void) => number = (callback) => requestAnimationFrame(callback),
    cancel: (handle: number) => void = (handle) => cancelAnimationFrame(handle),
  ) {
    this.#draw = draw;
    this.#request = request;
    this.#cancel = cancel;
  }

  /** Something changed. */
  invalidate(): void {
    this.#handle ??= this.#request(() => {
      this.#handle = undefined;
      this.#draw();
    });
  }

  stop(): void {
    if (this.#handle !== undefined) this.#cancel(this.#handle);
    this.#handle = undefined;
  }
}
