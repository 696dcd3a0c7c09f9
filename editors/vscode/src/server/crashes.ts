/** How often the server may end by itself before it is left alone. */
export const MAX_CRASHES = 4;
export const WITHIN_MS = 3 * 60 * 1000;

export class Crashes {
  private times: number[] = [];

  /** Note one; whether it is worth another start. */
  again(now: number): boolean {
    this.times = [...this.times.filter((each) => now - each < WITHIN_MS), now];
    return this.times.length <= MAX_CRASHES;
  }

  forget(): void {
    this.times = [];
  }
}
