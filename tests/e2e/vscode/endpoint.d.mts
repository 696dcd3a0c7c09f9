export interface Model {
  url: string;
  requests: { headers: Record<string, string>; body: { messages: { role: string; content: string }[] } }[];
  left: unknown[];
  answer(...texts: (string | Promise<string>)[]): void;
  down(): void;
  up(): Promise<void>;
}
export function scriptedModel(): Promise<Model>;
export function held(text: string): { promise: Promise<string>; release: () => void };
export function patch(changes: Record<string, [old: string, made: string][] | string>): string;
