/** Accept and reject above each change that waits, in the text itself and in the diff editor. */
import * as vscode from 'vscode';
import type { Host } from '../server/host';
import { partOf, SCHEME } from './proposed';
import { type Review, shownOf } from './review';
import { startsAfter } from './texts';
import type { Change } from './waiting';

export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  private readonly own: vscode.Disposable[];
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('diffEditor.removedLineBackground'),
    overviewRulerColor: new vscode.ThemeColor('minimapGutter.modifiedBackground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });

  private readonly hint = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('gitDecoration.addedResourceForeground'), margin: '0 0 0 2em', fontStyle: 'italic' },
  });

  constructor(
    private readonly review: Review,
    private readonly host: Host,
  ) {
    this.onDidChangeCodeLenses = review.onDidChange;
    const selector = [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: SCHEME }];
    this.own = [
      this.decoration,
      this.hint,
      vscode.languages.registerCodeLensProvider(selector, this),
      review.onDidChange(() => void this.decorate()),
      vscode.window.onDidChangeVisibleTextEditors(() => void this.decorate()),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const places = await placesIn(document, this.review);
    const seen = new Set<string>();
    return places.flatMap(({ change, start, uri }) => {
      const first = !seen.has(change.proposal);
      seen.add(change.proposal);
      const size = places.filter((each) => each.change.proposal === change.proposal).length;
      const at = new vscode.Range(start, start);
      return [...one(uri, change, document.uri.scheme !== SCHEME), ...(first && size > 1 ? all(change.proposal, size) : [])].map(
        (command) => new vscode.CodeLens(at, command),
      );
    });
  }

  dispose(): void {
    for (const each of this.own) each.dispose();
  }

  /** Lines that would go, or be other ones. */
  private async decorate(): Promise<void> {
    for (const editor of vscode.window.visibleTextEditors) {
      // The sides of a diff have no column, and colours of their own.
      if (editor.document.uri.scheme === SCHEME || editor.viewColumn === undefined) continue;
      const { version } = editor.document;
      const { changes } = await this.review.of(editor.document);
      if (editor.document.version !== version) continue;
      const convert = this.host.client?.protocol2CodeConverter;
      const edits = convert ? changes.map((each) => ({ range: convert.asRange(each.text.range), text: each.text.newText })) : [];
      editor.setDecorations(this.decoration, edits.flatMap(({ range }) => lines(range) ?? []));
      editor.setDecorations(this.hint, edits.map(({ range, text }) => hinted(editor.document, range, text)));
    }
  }
}

/** A change and where it begins in a document, which may be the text itself or the text with the changes. */
export interface Place {
  change: Change;
  start: vscode.Position;
  uri: string;
}

export async function placesIn(document: vscode.TextDocument, review: Review): Promise<Place[]> {
  const part = partOf(document.uri);
  const uri = part?.uri ?? document.uri.toString();
  if (part?.empty) return [];
  const source = part ? vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri) : document;
  if (!source) return [];
  const { changes } = await review.of(source);
  const own = changes.filter((each) => !part || each.proposal === part.proposal);
  const edits = own.map((each) => each.text);
  const starts = part
    ? startsAfter(source.getText(), edits).map((offset) => document.positionAt(offset))
    : edits.map(({ range: { start } }) => new vscode.Position(start.line, start.character));
  return own
    .map((change, at) => ({ change, uri, start: starts[at] ?? new vscode.Position(0, 0) }))
    .sort((one, other) => one.start.compareTo(other.start));
}

function one(uri: string, change: Change, inText: boolean): vscode.Command[] {
  const shown = [shownOf(uri, change)];
  const plain = change.acceptTitle === 'Accept this change';
  const commands = [
    { title: `$(check) ${plain ? 'Accept' : change.acceptTitle}`, command: 'codex-lsp.acceptChange', arguments: shown },
    { title: `$(close) ${plain ? 'Reject' : change.rejectTitle}`, command: 'codex-lsp.rejectChange', arguments: shown },
    { title: '$(edit) Refine…', command: 'codex-lsp.refineChange', arguments: shown },
  ];
  const diff = { title: '$(diff) Diff', command: 'codex-lsp.showDiff', arguments: [change.proposal] };
  return inText ? [...commands, diff] : commands;
}

function all(proposal: string, count: number): vscode.Command[] {
  return [
    { title: `Accept all ${count}`, command: 'codex-lsp.acceptAll', arguments: [proposal] },
    { title: 'Reject all', command: 'codex-lsp.rejectAll', arguments: [proposal] },
  ];
}

/** The lines that a range covers; undefined for a place between lines. */
function lines(range: vscode.Range): vscode.Range | undefined {
  if (range.isEmpty) return undefined;
  const last = range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  return new vscode.Range(range.start.line, 0, last, 0);
}

const HINT_LENGTH = 100;

/** The first line of what would come, behind the first line of what is there. */
function hinted(document: vscode.TextDocument, range: vscode.Range, newText: string): vscode.DecorationOptions {
  const first = document.lineAt(range.start.line).range;
  const last = document.lineAt(range.end.line).range;
  const before = document.getText(new vscode.Range(first.start, range.start));
  const after = document.getText(new vscode.Range(range.end, last.end));
  const made = `${before}${newText}${range.end.character ? after : ''}`.split(/\r\n|\r|\n/).filter((line) => line.trim());
  const more = made.length > 1 ? ` … and ${made.length - 1} more` : '';
  const contentText = made[0] === undefined ? '→ (removed)' : `→ ${made[0].trim().slice(0, HINT_LENGTH)}${more}`;
  return { range: new vscode.Range(first.end, first.end), renderOptions: { after: { contentText } } };
}
