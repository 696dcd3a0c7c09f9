/** What was asked, newest first, each once. */
export const KEPT = 30;

export function remember(history: readonly string[], asked: string): string[] {
  const text = asked.trim();
  return text ? [text, ...history.filter((each) => each !== text)].slice(0, KEPT) : [...history];
}
