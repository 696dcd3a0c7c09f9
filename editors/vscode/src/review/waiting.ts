/**
 * What waits in a document, as the server's code actions tell: for each change one that accepts it, by a literal
 * edit, and behind it one that rejects it, by `codexLsp.reject` and its numbers.
 */
import type { CodeAction, Command, TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { Server } from '../protocol';

/** One change at a place of the document. */
export interface Change {
  proposal: string;
  path: string;
  hunk: number;
  edit: WorkspaceEdit;
  text: TextEdit;
  acceptTitle: string;
  rejectTitle: string;
}

/** A proposal with all that waits of it; `edit` is undefined where it cannot be applied, for the reason `why`. */
export interface Whole {
  proposal: string;
  edit: WorkspaceEdit | undefined;
  why: string;
}

export interface Waiting {
  changes: Change[];
  wholes: Whole[];
}

interface Rejected {
  proposal: string;
  path?: string;
  hunk?: number;
}

export function waiting(actions: readonly (Command | CodeAction)[]): Waiting {
  const found: Waiting = { changes: [], wholes: [] };
  actions.forEach((action, at) => {
    const rejected = rejects(action);
    const before = actions[at - 1];
    const accepting = before && !isCommand(before) && !before.command ? before : undefined;
    if (!rejected) return;
    if (rejected.path === undefined) {
      found.wholes.push({ proposal: rejected.proposal, edit: accepting?.edit, why: accepting?.disabled?.reason ?? '' });
      return;
    }
    const text = accepting?.edit && onlyEdit(accepting.edit);
    if (rejected.hunk === undefined || !accepting?.edit || !text) return;
    const titles = { acceptTitle: titled(accepting.title), rejectTitle: titled(action.title) };
    found.changes.push({ proposal: rejected.proposal, path: rejected.path, hunk: rejected.hunk, edit: accepting.edit, text, ...titles });
  });
  return found;
}

/** All text edits of an edit, by document. */
export function textEdits(edit: WorkspaceEdit): Map<string, TextEdit[]> {
  const found = new Map<string, TextEdit[]>();
  const add = (uri: string, edits: readonly unknown[]): void => {
    found.set(uri, [...(found.get(uri) ?? []), ...(edits as TextEdit[])]);
  };
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) add(uri, edits);
  for (const change of edit.documentChanges ?? []) {
    if ('textDocument' in change) add(change.textDocument.uri, change.edits);
  }
  return found;
}

function rejects(action: Command | CodeAction): Rejected | undefined {
  if (isCommand(action) || action.command?.command !== Server.reject) return undefined;
  return action.command.arguments?.[0] as Rejected | undefined;
}

function isCommand(action: Command | CodeAction): action is Command {
  return typeof action.command === 'string';
}

function onlyEdit(edit: WorkspaceEdit): TextEdit | undefined {
  const edits = [...textEdits(edit).values()].flat();
  return edits.length === 1 ? edits[0] : undefined;
}

/** The title without the name that all of the server's actions begin with. */
function titled(given: string): string {
  const title = given.replace(/^Codex: /, '');
  return title.charAt(0).toUpperCase() + title.slice(1);
}
