/** The commands of review. */
import * as vscode from 'vscode';
import { type RunEvent, Server } from '../protocol';
import type { Host } from '../server/host';
import { placesIn } from './lenses';
import { pairs, partOf, SCHEME } from './proposed';
import { type Review, type Shown, shownOf } from './review';

const GONE = 'This change does not wait any more.';

export class ReviewCommands {
  constructor(
    private readonly review: Review,
    private readonly host: Host,
  ) {}

  /** A run's proposal waits: say so, with what can be done. */
  async offer(event: RunEvent): Promise<void> {
    const chosen = await vscode.window.showInformationMessage(event.text ?? 'Changes wait.', 'Show Diff', 'Accept All', 'Reject All');
    if (chosen === 'Show Diff') await this.showDiff(event.run);
    if (chosen === 'Accept All') await this.acceptAll(event.run);
    if (chosen === 'Reject All') await this.rejectAll(event.run);
  }

  /** The server's own action to show a diff does so in the diff editor. */
  takes(command: string, argument: unknown): boolean {
    if (command !== Server.showDiff) return false;
    void this.showDiff((argument as { proposal?: string } | undefined)?.proposal);
    return true;
  }

  async accept(shown?: Shown): Promise<void> {
    const change = shown ?? (await this.atCursor());
    if (change) this.told(await this.review.accept(change));
  }

  async reject(shown?: Shown): Promise<void> {
    const change = shown ?? (await this.atCursor());
    if (change) this.told(await this.review.reject(change));
  }

  async acceptAll(proposal?: string): Promise<void> {
    const chosen = await this.proposal(proposal);
    if (chosen) this.told((await this.host.execute<{ accepted: boolean }>(Server.accept, { proposal: chosen })).accepted);
  }

  async rejectAll(proposal?: string): Promise<void> {
    const chosen = await this.proposal(proposal);
    if (chosen) this.told((await this.host.execute<{ rejected: boolean }>(Server.reject, { proposal: chosen })).rejected);
  }

  /** The native diff editor: one file in its own, several in one list. */
  async showDiff(proposal?: string): Promise<void> {
    const chosen = await this.proposal(proposal);
    if (!chosen) return;
    const whole = await this.review.whole(chosen);
    const files = whole?.edit ? pairs(chosen, whole.edit) : [];
    const [first] = files;
    if (!first) {
      void vscode.window.showInformationMessage(whole?.why || 'There is nothing to show any more.');
    } else if (files.length === 1) {
      const title = `${vscode.workspace.asRelativePath(first.label)} ↔ Codex`;
      await vscode.commands.executeCommand('vscode.diff', first.before, first.after, title, { preview: false });
    } else {
      const list = files.map((each) => [each.label, each.before, each.after]);
      await vscode.commands.executeCommand('vscode.changes', `Codex: ${files.length} files`, list);
    }
  }

  /** Go to the next change of the document, or of the next one that has any. */
  async next(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const here = editor ? await placesIn(editor.document, this.review) : [];
    const following = editor && here.find((each) => each.start.isAfter(editor.selection.active));
    if (editor && following) {
      reveal(editor, following.start);
      return;
    }
    const { uris } = this.review;
    const at = uris.findIndex((each) => each.toString() === editor?.document.uri.toString());
    const uri = uris[(at + 1) % uris.length];
    if (!uri) return;
    const next = await vscode.window.showTextDocument(uri);
    const [first] = await placesIn(next.document, this.review);
    if (first) reveal(next, first.start);
  }

  /** Close the diffs of what does not wait any more. */
  async closeDone(): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const own = tabs.flatMap((tab) => {
      const part = tab.input instanceof vscode.TabInputTextDiff ? partOf(tab.input.modified) : undefined;
      return part ? [{ tab, proposal: part.proposal }] : [];
    });
    if (!own.length) return;
    const open = await this.review.proposals();
    const done = own.filter((each) => !open.includes(each.proposal)).map((each) => each.tab);
    if (done.length) await vscode.window.tabGroups.close(done);
  }

  /** The change at the cursor, or the next one after it, or else the last. */
  async atCursor(): Promise<Shown | undefined> {
    const editor = vscode.window.activeTextEditor;
    const places = editor ? await placesIn(editor.document, this.review) : [];
    const cursor = editor?.selection.active ?? new vscode.Position(0, 0);
    const before = places.filter((each) => each.start.line <= cursor.line).at(-1);
    const inside = before && cursor.line <= before.start.line + span(before.change.text, editor?.document.uri.scheme === SCHEME) ? before : undefined;
    const place = inside ?? places.find((each) => each.start.line >= cursor.line) ?? places.at(-1);
    if (!place) void vscode.window.showInformationMessage('No change waits in this file.');
    return place && shownOf(place.uri, place.change);
  }

  private async proposal(given?: unknown): Promise<string | undefined> {
    if (typeof given === 'string') return given;
    const editor = vscode.window.activeTextEditor;
    const part = editor && partOf(editor.document.uri);
    if (part) return part.proposal;
    const here = editor ? (await placesIn(editor.document, this.review)).map((each) => each.change.proposal) : [];
    const found = here[0] ?? (await this.review.proposals())[0];
    if (!found) void vscode.window.showInformationMessage('No change waits.');
    return found;
  }

  private told(done: boolean): void {
    if (!done) void vscode.window.showInformationMessage(GONE);
  }
}

/** How many lines below its first a change reaches. */
function span(text: { range: { start: { line: number }; end: { line: number } }; newText: string }, after: boolean): number {
  return after ? Math.max(0, text.newText.trimEnd().split('\n').length - 1) : text.range.end.line - text.range.start.line;
}

function reveal(editor: vscode.TextEditor, at: vscode.Position): void {
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
