/**
 * Markdown of a model, as HTML that can do nothing: everything is escaped, and there are no links, images or
 * raw HTML in what it makes. What would be one is shown as it was written.
 */

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (each) => ESCAPES[each] ?? each);
}

export function render(markdown: string): string {
  const lines = markdown.split(/\r\n|\r|\n/);
  const made: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const block = BLOCKS.map((each) => each(lines, at)).find((each) => each !== undefined) ?? paragraph(lines, at);
    made.push(block.html);
    at = block.next;
  }
  return made.filter(Boolean).join('\n');
}

interface Block {
  html: string;
  next: number;
}

type Reader = (lines: string[], at: number) => Block | undefined;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6}) +(.*?)(?: +#+)?\s*$/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const MAX_DEPTH = 20;

const BLOCKS: Reader[] = [empty, fence, heading, rule, quote, list];

function empty(lines: string[], at: number): Block | undefined {
  return lines[at]?.trim() ? undefined : { html: '', next: at + 1 };
}

function fence(lines: string[], at: number): Block | undefined {
  const mark = FENCE.exec(lines[at] ?? '')?.[1];
  if (mark === undefined) return undefined;
  let end = at + 1;
  while (end < lines.length && !closes(lines[end] ?? '', mark)) end++;
  return { html: `<pre><code>${escape(lines.slice(at + 1, end).join('\n'))}</code></pre>`, next: end + 1 };
}

function closes(line: string, mark: string): boolean {
  const found = FENCE.exec(line)?.[1];
  return found !== undefined && found.startsWith(mark) && line.trim() === found;
}

function heading(lines: string[], at: number): Block | undefined {
  const found = HEADING.exec(lines[at] ?? '');
  if (!found) return undefined;
  const level = found[1]?.length ?? 1;
  return { html: `<h${level}>${inline(found[2] ?? '')}</h${level}>`, next: at + 1 };
}

function rule(lines: string[], at: number): Block | undefined {
  return RULE.test(lines[at] ?? '') ? { html: '<hr>', next: at + 1 } : undefined;
}

function quote(lines: string[], at: number): Block | undefined {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end++;
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return { html: `<blockquote><p>${inner.map(inline).join('<br>')}</p></blockquote>`, next: end };
}

function list(lines: string[], at: number): Block | undefined {
  if (!ITEM.test(lines[at] ?? '')) return undefined;
  const made: string[] = [];
  const open: { indent: number; tag: string }[] = [];
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? '';
    const item = ITEM.exec(line);
    if (!item) {
      if (!/^\s+\S/.test(line) || FENCE.test(line)) break;
      made.push(`<br>${inline(line.trim())}`);
      continue;
    }
    const indent = item[1]?.length ?? 0;
    const tag = /\d/.test(item[2] ?? '') ? 'ol' : 'ul';
    while (open.length > 1 && indent < (open.at(-1)?.indent ?? 0)) made.push(`</li></${open.pop()?.tag}>`);
    const last = open.at(-1);
    if (!last || (indent > last.indent + 1 && open.length < MAX_DEPTH)) {
      open.push({ indent, tag });
      made.push(`<${tag}>`);
    } else made.push('</li>');
    made.push(`<li>${inline(item[3] ?? '')}`);
  }
  while (open.length) made.push(`</li></${open.pop()?.tag}>`);
  return { html: made.join(''), next: end };
}

function paragraph(lines: string[], at: number): Block {
  let end = at + 1;
  while (end < lines.length && !BLOCKS.some((each) => each(lines, end))) end++;
  return { html: `<p>${lines.slice(at, end).map(inline).join('\n')}</p>`, next: end };
}

/** Code, strong and emphasis; all else is text. */
function inline(text: string): string {
  return text
    .split(/(`+[^`]+`+)/)
    .map((part) => (/^`+[^`]+`+$/.test(part) ? `<code>${escape(part.replace(/^`+|`+$/g, ''))}</code>` : words(part)))
    .join('');
}

function words(text: string): string {
  return escape(text)
    .replace(/\*\*([^\s*](?:[^*]*[^\s*])?)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[^\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?!\w)/g, '$1<em>$2</em>');
}
