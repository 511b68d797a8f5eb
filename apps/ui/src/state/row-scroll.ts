import { Emitter } from "@novywave/base";

/** How far the rows are scrolled. The list owns the scroll bar, the canvas follows. Not part of the state: it changes with every frame. */
export class RowScroll {
  readonly #emitter = new Emitter<void>();
  readonly changed = this.#emitter.event;
  #element: HTMLElement | undefined;
  #top = 0;
  #height = 0;

  get top(): number {
    return this.#top;
  }

  get height(): number {
    return this.#height;
  }

  /** The list's scroll container, or undefined when it goes away. */
  attach(element: HTMLElement | undefined): void {
    this.#element = element;
    this.read();
  }

  /** Takes over what the container shows. */
  read(): void {
    const top = this.#element?.scrollTop ?? 0;
    const height = this.#element?.clientHeight ?? 0;
    if (top === this.#top && height === this.#height) return;
    this.#top = top;
    this.#height = height;
    this.#emitter.emit();
  }

  scrollBy(pixels: number): void {
    if (this.#element) this.#element.scrollTop += pixels;
    this.read();
  }

  /** Scrolls as little as possible so that the stretch is visible. */
  reveal(top: number, bottom: number): void {
    if (!this.#element) return;
    if (top < this.#top) this.#element.scrollTop = top;
    else if (bottom > this.#top + this.#height) this.#element.scrollTop = bottom - this.#height;
    this.read();
  }
}
