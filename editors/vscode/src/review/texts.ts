/** Edits on texts, by LSP's lines and UTF-16 columns. */
import type { Position, TextEdit } from 'vscode-languageserver-protocol';

/** The text after edits that do not overlap. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  let made = '';
  let done = 0;
  for (const each of spans(text, edits)) {
    made += text.slice(done, each.start) + each.newText;
    done = each.end;
  }
  return made + text.slice(done);
}

/** Where each edit's new text is after all of them, as an offset; in the order in which the edits are given. */
export function startsAfter(text: string, edits: readonly TextEdit[]): number[] {
  const starts = new Array<number>(edits.length).fill(0);
  let shift = 0;
  for (const each of spans(text, edits)) {
    starts[each.index] = each.start + shift;
    shift += each.newText.length - (each.end - each.start);
  }
  return starts;
}

interface Span {
  index: number;
  start: number;
  end: number;
  newText: string;
}

function spans(text: string, edits: readonly TextEdit[]): Span[] {
  const lines = lineStarts(text);
  const at = (position: Position): number => {
    const start = lines[position.line] ?? text.length;
    return Math.min(start + position.character, text.length);
  };
  return edits
    .map(({ range, newText }, index) => ({ index, start: at(range.start), end: at(range.end), newText }))
    .sort((one, other) => one.start - other.start || one.end - other.end || one.index - other.index);
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((each) => each.index + each[0].length)];
}
