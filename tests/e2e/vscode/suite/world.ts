/** What the stories stand on: a model, files, the server's process, and waiting for what is to happen. */
import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Model, scriptedModel } from '../endpoint.mjs';

export const PROGRAM = process.env['SUITE_PROGRAM'] ?? '';
const SECONDS = 45;

export class World {
  constructor(
    readonly model: Model,
    readonly folder: string,
  ) {}

  static async make(): Promise<World> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder);
    return new World(await scriptedModel(), folder);
  }

  /** A new file, open and in front. */
  async open(name: string, text: string): Promise<vscode.TextDocument> {
    await writeFile(join(this.folder, name), text);
    const document = await vscode.workspace.openTextDocument(join(this.folder, name));
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }

  /** Begin an ask about all of a document; its run. */
  async ask(document: vscode.TextDocument, more: object = {}): Promise<string> {
    const range = { start: { line: 0, character: 0 }, end: { line: document.lineCount, character: 0 } };
    const argument = { uri: document.uri.toString(), version: document.version, range, instruction: 'Do it.', ...more };
    const result = await vscode.commands.executeCommand<{ run: string | null }>('codexLsp.ask', argument);
    assert.ok(result.run, JSON.stringify(result));
    return result.run;
  }

  /** Settings for the person, as they would set them. */
  async set(settings: Record<string, unknown>): Promise<void> {
    const own = vscode.workspace.getConfiguration('codexLsp');
    for (const [name, value] of Object.entries(settings)) await own.update(name, value, vscode.ConfigurationTarget.Global);
  }

  status(): Thenable<{ state: string; mode: string | null; problems: string[]; proposals: string[]; runs: unknown[] }> {
    return vscode.commands.executeCommand('codexLsp.status', {});
  }
}

/** What `look` finds, once it finds anything: looked for again with each event, and now and then. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = Date.now() + SECONDS * 1000;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`it did not come to this: ${what}${last ? ` (${String(last)})` : ''}`);
    await happening();
  }
}

/** Something happens, or a moment is over. */
function happening(): Promise<void> {
  return new Promise((resolve) => {
    const events = [vscode.workspace.onDidChangeTextDocument, vscode.languages.onDidChangeDiagnostics, vscode.window.tabGroups.onDidChangeTabs];
    const heard = events.map((each) => (each as vscode.Event<unknown>)(() => done()));
    const timer = setTimeout(() => done(), 50);
    function done(): void {
      clearTimeout(timer);
      for (const each of heard) each.dispose();
      resolve();
    }
  });
}

/** The processes of the server: children of this one that run it. */
export function servers(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const parent = / \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
      const isOurs = Number(parent) === process.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('codex');
      return isOurs ? [Number(name)] : [];
    } catch {
      return []; // It is gone, or nothing of ours.
    }
  });
}

export function commandOf(process: number | undefined): string {
  return about(process, 'cmdline');
}

export function environOf(process: number): string {
  return about(process, 'environ');
}

function about(process: number | undefined, what: string): string {
  try {
    return readFileSync(`/proc/${process}/${what}`, 'utf8');
  } catch {
    return ''; // It is gone.
  }
}

export async function lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
  return found.filter((each) => each.command?.command.startsWith('codex-lsp.'));
}

export async function named(document: vscode.TextDocument, title: string): Promise<vscode.CodeLens[]> {
  return (await lenses(document)).filter((each) => each.command?.title.includes(title));
}

export async function press(lens: vscode.CodeLens | undefined): Promise<void> {
  assert.ok(lens?.command);
  await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
}

export function diffs(): vscode.TabInputTextDiff[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.map((each) => each.input).filter((each) => each instanceof vscode.TabInputTextDiff);
}
