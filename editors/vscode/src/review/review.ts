/** The changes that wait, for all who show them: asked of the server when its marks changed, and not otherwise. */
import * as vscode from 'vscode';
import { CodeActionRequest, CodeActionTriggerKind, type LanguageClient } from 'vscode-languageclient/node';
import { Server } from '../protocol';
import type { Host } from '../server/host';
import { type Change, type Waiting, type Whole, waiting } from './waiting';

/** A change as it was shown. It is looked for anew when something is to be done about it. */
export interface Shown {
  uri: string;
  proposal: string;
  path: string;
  hunk: number;
  newText: string;
}

const NOTHING: Waiting = { changes: [], wholes: [] };
const TRIES = 5;

export class Review implements vscode.Disposable {
  private readonly marked = new Map<string, { uri: vscode.Uri; count: number }>();
  private readonly found = new Map<string, { version: number; marks: number; waiting: Promise<Waiting> }>();
  private marks = 0;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly host: Host) {}

  /** The server said how many marks a document has now. */
  onMarks(uri: vscode.Uri, count: number): void {
    const name = uri.toString();
    if (!count && !this.marked.has(name)) return;
    this.marks++;
    if (count) this.marked.set(name, { uri, count });
    else this.marked.delete(name);
    this.tell();
  }

  onGone(): void {
    this.marked.clear();
    this.found.clear();
    this.tell();
  }

  /** How many places are marked in open documents. */
  get count(): number {
    return [...this.marked.values()].reduce((sum, each) => sum + each.count, 0);
  }

  /** The documents with changes that wait. */
  get uris(): vscode.Uri[] {
    return [...this.marked.values()].map((each) => each.uri);
  }

  /** What waits in a document as it is now. */
  async of(document: vscode.TextDocument): Promise<Waiting> {
    const client = this.host.client;
    const name = document.uri.toString();
    if (!client?.isRunning() || !this.marked.has(name)) return NOTHING;
    for (let tries = 0; tries < TRIES; tries++) {
      const { version } = document;
      const marks = this.marks;
      let kept = this.found.get(name);
      if (kept?.version !== version || kept.marks !== marks) {
        kept = { version, marks, waiting: ask(client, document) };
        this.found.set(name, kept);
      }
      const made = await kept.waiting.catch(() => undefined);
      if (made === undefined) this.found.delete(name);
      else if (document.version === version && this.marks === marks) return made;
    }
    return NOTHING;
  }

  /** A proposal as a whole, wherever something of it is marked. */
  async whole(proposal: string): Promise<Whole | undefined> {
    for (const uri of this.uris) {
      const document = await vscode.workspace.openTextDocument(uri);
      const found = (await this.of(document)).wholes.find((each) => each.proposal === proposal);
      if (found) return found;
    }
    return undefined;
  }

  /** The proposals of which something waits. */
  async proposals(): Promise<string[]> {
    const found = new Set<string>();
    for (const uri of this.uris) {
      const document = await vscode.workspace.openTextDocument(uri);
      for (const each of (await this.of(document)).wholes) found.add(each.proposal);
    }
    return [...found];
  }

  /** Put one change into its document; false if it is not there any more, or the document would not take it. */
  async accept(shown: Shown): Promise<boolean> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
    const change = same(shown, await this.of(document));
    const client = this.host.client;
    if (!change || !client) return false;
    const { version } = document;
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(change.edit);
    return document.version === version && vscode.workspace.applyEdit(edit);
  }

  /** Drop one change; false if it is not there any more. */
  async reject(shown: Shown): Promise<boolean> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(shown.uri));
    const change = same(shown, await this.of(document));
    if (!change) return false;
    const { proposal, path, hunk } = change;
    return (await this.host.execute<{ rejected: boolean }>(Server.reject, { proposal, path, hunk })).rejected;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'codexLsp.waiting', this.marked.size > 0);
    this.changed.fire();
  }
}

export function shownOf(uri: string, change: Change): Shown {
  const { proposal, path, hunk } = change;
  return { uri, proposal, path, hunk, newText: change.text.newText };
}

/** The change that was shown: its number may be another by now, its text is not. */
function same(shown: Shown, now: Waiting): Change | undefined {
  const alike = now.changes.filter(
    (each) => each.proposal === shown.proposal && each.path === shown.path && each.text.newText === shown.newText,
  );
  return alike.find((each) => each.hunk === shown.hunk) ?? (alike.length === 1 ? alike[0] : undefined);
}

async function ask(client: LanguageClient, document: vscode.TextDocument): Promise<Waiting> {
  const everything = document.validateRange(new vscode.Range(0, 0, document.lineCount, 0));
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
    range: client.code2ProtocolConverter.asRange(everything),
    context: { diagnostics: [], only: ['quickfix'], triggerKind: CodeActionTriggerKind.Invoked },
  });
  return waiting(actions ?? []);
}
