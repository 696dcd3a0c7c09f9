/** The texts as they would be with a proposal: documents that exist nowhere else, for the diff editor. */
import * as vscode from 'vscode';
import type { WorkspaceEdit } from 'vscode-languageserver-protocol';
import type { Review } from './review';
import { applied } from './texts';
import { textEdits } from './waiting';

export const SCHEME = 'codex-lsp-proposed';

/** What a document of ours stands for: a file of a proposal; `empty` is the side that does not exist. */
export interface Part {
  proposal: string;
  uri: string;
  empty?: boolean;
}

/** A file of a proposal, before and after. */
export interface FilePair {
  label: vscode.Uri;
  before: vscode.Uri;
  after: vscode.Uri;
}

export function partOf(uri: vscode.Uri): Part | undefined {
  return uri.scheme === SCHEME ? (JSON.parse(uri.query) as Part) : undefined;
}

function uriOf(part: Part): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: vscode.Uri.parse(part.uri).path, query: JSON.stringify(part) });
}

/** The files of a proposal's edit, each as the two sides of a diff. */
export function pairs(proposal: string, edit: WorkspaceEdit): FilePair[] {
  const found = new Map<string, FilePair>();
  const put = (uri: string, more: Partial<FilePair> = {}): void => {
    const label = vscode.Uri.parse(uri);
    const plain = { label, before: label, after: uriOf({ proposal, uri }) };
    found.set(uri, { ...plain, ...found.get(uri), ...more });
  };
  const nothing = (uri: string): vscode.Uri => uriOf({ proposal, uri, empty: true });
  for (const change of edit.documentChanges ?? []) {
    if ('textDocument' in change) put(change.textDocument.uri);
    else if (change.kind === 'create') put(change.uri, { before: nothing(change.uri) });
    else if (change.kind === 'delete') put(change.uri, { after: nothing(change.uri) });
    else {
      const old = found.get(change.oldUri);
      found.delete(change.oldUri);
      put(change.newUri, { before: old?.before ?? vscode.Uri.parse(change.oldUri) });
    }
  }
  for (const uri of Object.keys(edit.changes ?? {})) put(uri);
  return [...found.values()];
}

export class ProposedTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly following: vscode.Disposable[];

  constructor(private readonly review: Review) {
    this.following = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      review.onDidChange(() => this.refresh()),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const part = partOf(uri);
    if (!part || part.empty) return '';
    const edit = (await this.review.whole(part.proposal))?.edit;
    return edit ? proposedText(edit, part.uri) : textOf(vscode.Uri.parse(part.uri));
  }

  dispose(): void {
    for (const each of [...this.following, this.changed]) each.dispose();
  }

  private refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === SCHEME) this.changed.fire(document.uri);
    }
  }
}

async function proposedText(edit: WorkspaceEdit, uri: string): Promise<string> {
  const before = movedFrom(edit, uri) ?? uri;
  const text = isCreated(edit, uri) ? '' : await textOf(vscode.Uri.parse(before));
  const edits = textEdits(edit);
  const names = before === uri ? [uri] : [before, uri];
  return applied(text, names.flatMap((each) => edits.get(each) ?? []));
}

function isCreated(edit: WorkspaceEdit, uri: string): boolean {
  return (edit.documentChanges ?? []).some((each) => 'kind' in each && each.kind === 'create' && each.uri === uri);
}

function movedFrom(edit: WorkspaceEdit, uri: string): string | undefined {
  for (const each of edit.documentChanges ?? []) {
    if ('kind' in each && each.kind === 'rename' && each.newUri === uri) return each.oldUri;
  }
  return undefined;
}

/** The text of a file; nothing of one that cannot be read, as it may be gone with the change accepted. */
async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    return '';
  }
}
