/** Answers of a pure function, kept by key; those used last, and no more than `size`. */
export class Memo<T> {
  readonly #size: number;
  readonly #answers = new Map<string, T>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string, make: () => T): T {
    const known = this.#answers.get(key);
    const answer = known ?? make();
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (this.#answers.size > this.#size) {
      for (const [oldest] of this.#answers) {
        this.#answers.delete(oldest);
        break;
      }
    }
    return answer;
  }

  delete(key: string): void {
    this.#answers.delete(key);
  }
}
